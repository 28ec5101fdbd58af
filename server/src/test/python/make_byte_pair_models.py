"""Makes the small SavedModels of src/test/resources/models/byte_pairs.tar.xz, and what TensorFlow itself answers with them.

Their tokenizer is KerasHub's byte-pair encoding, in the graph: that of RoBERTa, of one text or a pair, one without special tokens in texts,
and one whose rows are sliced by hand.

Python 3.11, tensorflow==2.18.1 tensorflow-text==2.18.1 keras==3.8.0 keras-hub==0.19.3

Usage: make_byte_pair_models.py OUT FILE.tar.xz [NAME...]
"""
import collections, random, sys
import make_text_models
from make_text_models import WIDTH, fill, write
import keras, keras_hub, tensorflow as tf
from keras_hub.src.tokenizers.byte_pair_tokenizer import bytes_to_unicode
from make_small_models import PAIRS, pack

LENGTH = 32
SPECIALS = ["<s>", "<pad>", "</s>", "<mask>"]
HARD = ["<s>a film</s>", "the <pad> film", "x<mask>y \u0134A \u0134B\u0134C", "\u096c \u096c\u096c a\u096c b", "don't we'll I'VE they're 's 'd", "a  b   c ",
        " \t\n the\n\nfilm\u00a0 \u00a0end", "\u2009x\u202f\u3000 y\u3000", "12 345\u0663\u00bd\u2167 x2y", "...!? --- (a) \u20ac5", "\u0000a \u0000", "naaaaaaan bananananas", "\v a\v\v"]


def random_texts(count):
    source = random.Random(7)
    parts = [" ", "  ", "\n", "\t", "\r", "\f", "\v", "\u00a0", "\u3000", "\u096c", "'s", "'ll", "'", "<s>", "<pad>", "\u0134A", "\u0134", ".", "-", "1", "\u0663", "\u00e9",
             "\u4e2d", "\U0001f600", "\u0301", "the", "film", "The", "a", "ing", "re", "ll"]
    return ["".join(source.choice(parts) for _ in range(source.randint(1, 14))) for _ in range(count)]


make_text_models.TEXTS += HARD + random_texts(150)
make_text_models.PAIRS = PAIRS + [(a, b) for a, b in zip(HARD, reversed(HARD))]


def vocabulary(count=250):
    """Every byte, and the most frequent pairs of the texts, as training finds them."""
    symbols = dict(zip(*bytes_to_unicode()))
    words = collections.Counter(
        tuple(symbols[bytes([b])] for b in word.encode("utf-8"))
        for text in make_text_models.TEXTS for word in [text[:40]] + [" " + w for w in text.split()])
    tokens, merges = SPECIALS + list(symbols.values()), ["#version: 0.2"]
    while len(merges) <= count:
        pairs = collections.Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]): pairs[pair] += n
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(" ".join(best))
        if "".join(best) not in tokens: tokens.append("".join(best))
        merged = collections.Counter()
        for word, n in words.items():
            out = []
            for symbol in word:
                if out and (out[-1], symbol) == best: out[-1] += symbol
                else: out.append(symbol)
            merged[tuple(out)] += n
        words = merged
    return {t: i for i, t in enumerate(tokens)}, merges


def roberta(pair=False):
    tokenizer = keras_hub.models.RobertaTokenizer(*vocabulary())
    packed = keras_hub.models.RobertaTextClassifierPreprocessor(tokenizer, sequence_length=LENGTH)

    def rows(*texts):
        got = packed(texts if pair else texts[0])
        _, types = packed.packer(tuple(tokenizer(x) for x in texts))
        return got["token_ids"], got["padding_mask"], types
    return model(rows, tokenizer, pair)


def prefixed():
    ids, merges = vocabulary()
    tokenizer = keras_hub.tokenizers.BytePairTokenizer(ids, merges, add_prefix_space=True)
    packer = keras_hub.layers.StartEndPacker(LENGTH, start_value=0, end_value=2, pad_value=1, return_padding_mask=True)

    def rows(x):
        got, _ = packer(tokenizer(tf.strings.lower(x)))
        return got, got != 1, tf.zeros_like(got)
    return model(rows, tokenizer)


def sliced():
    tokenizer = keras_hub.models.RobertaTokenizer(*vocabulary())

    @tf.function  # elsewhere the tokenizer gives lists
    def rows(x):
        special = [tf.fill([tf.shape(x)[0], 1], i) for i in (0, 2)]
        got = tf.concat([special[0], tokenizer(x)[:, :LENGTH - 2], special[1]], axis=1).to_tensor(1, shape=[None, LENGTH])
        return got, got != 1, tf.zeros_like(got)
    return model(rows, tokenizer)


def model(rows, tokenizer, pair=False):
    backbone = keras_hub.models.RobertaBackbone(
        vocabulary_size=tokenizer.vocabulary_size(), num_layers=2, num_heads=2, hidden_dim=WIDTH, intermediate_dim=2 * WIDTH, max_sequence_length=64)
    fill(backbone, 61)
    head = keras.layers.Dense(2, activation="softmax")
    names = ["first", "second"] if pair else ["text"]

    def serve(*texts):
        ids, mask, _ = rows(*texts)
        return {"scores": head(backbone({"token_ids": ids, "padding_mask": mask})[:, 0, :])}

    def tokens(*texts):
        ids, _, types = rows(*texts)
        # A text may have the id of padding.
        return ids, tf.cast(tf.cumsum(tf.cast(ids != 1, tf.int32), axis=1, reverse=True) > 0, tf.int32), types

    serve(*[tf.constant(["a"])] * len(names))
    fill(head, 62)

    def save(path):
        module = tf.Module()
        module.weights = [w.value for w in backbone.weights + head.weights]
        module.tables = [tokenizer.cache, tokenizer.byte2unicode, tokenizer.token_to_id_map, tokenizer.merge_ranks]
        signature = tf.function(serve, input_signature=[tf.TensorSpec([None], tf.string, name=n) for n in names])
        tf.saved_model.save(module, path, signatures=signature)

    return save, tokens


def main(out, file, *chosen):
    made = {"pairs_text": roberta, "pairs_two": lambda: roberta(pair=True), "pairs_prefixed": prefixed, "pairs_sliced": sliced}
    write(out, made, chosen or made)
    pack(out, file)


if __name__ == "__main__": main(*sys.argv[1:])
