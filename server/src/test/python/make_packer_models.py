"""Makes the small SavedModels of src/test/resources/models/packers.tar.xz, and what TensorFlow itself answers with them.

Their token ids become rows in other ways than in make_small_models.py and make_text_models.py: by Hugging Face's TFBertTokenizer
in the graph, by KerasHub's packers and tokenizers on their own, and by TensorFlow Text's ops in a user's own hands.

Python 3.11, tensorflow==2.18.1 tensorflow-text==2.18.1 tf-keras==2.18.0 keras==3.8.0 keras-hub==0.19.3 transformers==4.46.3

Usage: make_packer_models.py OUT VOCABULARIES FILE.tar.xz [NAME...]   (VOCABULARIES: BERT's published files)
"""
import os, shutil, sys, tempfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import keras
import make_text_models
from make_text_models import WIDTH, fill, write
import keras_hub, numpy as np, tensorflow as tf, tensorflow_text as text
from transformers import (
    BertConfig, BertTokenizer, DistilBertConfig, TFBertForSequenceClassification, TFBertTokenizer, TFDistilBertForSequenceClassification)
from make_small_models import cut_vocabulary, pack

make_text_models.TEXTS += ["[CLS][sep] [UNK]x[MASK]. [PAD]", "the [PAD] [SEP]"]
LENGTH = 32


def lines(vocabulary): return open(vocabulary, encoding="utf-8").read().split("\n")[:-1]


def spec(names): return [tf.TensorSpec([None], tf.string, name=n) for n in names]


def hugging_face(vocabulary, lower=True, pair=False, kind="bert", **more):
    """A classifier upon TFBertTokenizer."""
    tokenizer = TFBertTokenizer.from_tokenizer(BertTokenizer(vocabulary, do_lower_case=lower), max_length=LENGTH, **more)
    size = dict(vocab_size=len(lines(vocabulary)), max_position_embeddings=64, num_labels=2)
    if kind == "bert":
        model = TFBertForSequenceClassification(BertConfig(
            hidden_size=WIDTH, num_hidden_layers=1, num_attention_heads=2, intermediate_size=2 * WIDTH, **size))
    else:
        model = TFDistilBertForSequenceClassification(DistilBertConfig(dim=WIDTH, n_layers=1, n_heads=2, hidden_dim=2 * WIDTH, **size))
    model(model.dummy_inputs)
    fill(model, 51)
    names = ["first", "second"] if pair else ["text"]

    def serve(*texts):
        return {"scores": model(tokenizer(*texts)).logits}

    def tokens(*texts):
        got = tokenizer(*texts)
        return got["input_ids"], got["attention_mask"], got.get("token_type_ids", tf.zeros_like(got["input_ids"]))

    def save(path):
        module = tf.Module()
        module.parts = [tokenizer, model]
        tf.saved_model.save(module, path, signatures=tf.function(serve, input_signature=spec(names)))

    return save, tokens


def hub(make_rows, pair=False, mean=False):
    """A classifier upon KerasHub's backbone, of the first token or of the mean of all; {make_rows} turns texts into ids, a mask and types."""
    rows, vocabulary_size, *tables = make_rows
    backbone = keras_hub.models.BertBackbone(vocabulary_size=vocabulary_size, num_layers=1, num_heads=2, hidden_dim=WIDTH,
                                             intermediate_dim=2 * WIDTH, max_sequence_length=64)
    fill(backbone, 52)
    head = keras.layers.Dense(2, activation="softmax")
    names = ["first", "second"] if pair else ["text"]

    def serve(*texts):
        ids, mask, types = rows(*texts)
        states = backbone({"token_ids": ids, "padding_mask": mask, "segment_ids": types})
        return {"scores": head(tf.reduce_mean(states["sequence_output"], axis=1) if mean else states["pooled_output"])}

    def tokens(*texts):
        ids, _, types = rows(*texts)
        # The id of padding may also be that of a token.
        return ids, tf.cast(tf.cumsum(ids, axis=1, reverse=True) > 0, tf.int32), types

    serve(*[tf.constant(["a"])] * len(names))
    fill(head, 53)

    def save(path):
        if tables:  # ExportArchive does not keep them
            module = tf.Module()
            module.parts = [*tables, *(w.value for w in backbone.weights + head.weights)]
            tf.saved_model.save(module, path, signatures=tf.function(serve, input_signature=spec(names)))
            return
        kept = keras.export.ExportArchive()
        kept.track(backbone)
        kept.track(head)
        kept.add_endpoint("serve", serve, input_signature=spec(names))
        kept.write_out(path)

    return save, tokens


def start_end(vocabulary, **more):
    tokenizer = keras_hub.tokenizers.WordPieceTokenizer(vocabulary=lines(vocabulary), lowercase=True)
    packer = keras_hub.layers.StartEndPacker(
        LENGTH, start_value=tokenizer.token_to_id("[CLS]"), pad_value=0, return_padding_mask=True,
        **{name: tokenizer.token_to_id(token) for name, token in more.items()})

    def rows(x):
        ids, mask = packer(tokenizer(x))
        return ids, mask, tf.zeros_like(ids)
    return rows, tokenizer.vocabulary_size()


def segments(vocabulary, separators, specials=False, **more):
    tokenizer = keras_hub.tokenizers.BertTokenizer(vocabulary=lines(vocabulary), lowercase=True, special_tokens_in_strings=specials)
    sep = tokenizer.sep_token_id
    packer = keras_hub.layers.MultiSegmentPacker(
        LENGTH, start_value=tokenizer.cls_token_id, end_value=sep, sep_value=[sep] * separators, pad_value=0, **more)

    def rows(*texts):
        ids, types = packer(tuple(tokenizer(x) for x in texts))
        return ids, ids != 0, types
    return rows, tokenizer.vocabulary_size()


def plain(vocabulary):
    tokenizer = keras_hub.tokenizers.WordPieceTokenizer(vocabulary=lines(vocabulary), sequence_length=LENGTH, strip_accents=True, lowercase=True)

    def rows(x):
        ids = tokenizer(x)
        return ids, ids != 0, tf.zeros_like(ids)
    return rows, tokenizer.vocabulary_size()


def hand_made(vocabulary, make_rows, kind="ids"):
    """Rows of a user's own; {make_rows} turns ids of texts, the number of texts, and the ids of [CLS] and [SEP] into ids, a mask and types."""
    known = lines(vocabulary)
    lookup = table(known)
    tokenizer = {
        "ids": lambda: text.BertTokenizer(lookup, token_out_type=tf.int64, lower_case=True),
        "tokens": lambda: text.BertTokenizer(vocabulary, token_out_type=tf.string, lower_case=True),
        "fast": lambda: text.FastWordpieceTokenizer(known, token_out_type=tf.int64),
    }[kind]()
    special = [np.int64(known.index(token)) for token in ("[CLS]", "[SEP]")]

    def rows(*texts):
        ids = [tokenizer.tokenize(x) for x in texts]
        ids = [tf.ragged.map_flat_values(lookup.lookup, x) if x.dtype == tf.string else x for x in ids]
        return make_rows(*(x.merge_dims(1, -1) if x.ragged_rank > 1 else x for x in ids), tf.shape(texts[0])[0], *special)
    return rows, len(known), lookup, tokenizer


def padded_late(length):
    """Ids that are cut twice and padded to the longest first, as in TensorFlow's blog on BERT with TFX."""
    def rows(ids, count, start, end):
        ids = ids[:, :LENGTH][:, :LENGTH - 2]
        ids = tf.concat([tf.fill([count, 1], start), ids, tf.fill([count, 1], end)], axis=1)[:, :LENGTH].to_tensor(default_value=np.int64(0))
        ids = tf.reshape(tf.pad(ids, [[0, 0], [0, length - tf.shape(ids)[1]]]), [-1, length])
        mask = tf.reshape(tf.cast(ids > 0, tf.int64), [-1, length])
        return ids, mask, tf.cast(tf.fill(tf.stack(tf.shape(mask)), 0), tf.int64)
    return rows


def cut_late(ids, count, start, end):
    """Columns that are cut off, and zeros joined to the others."""
    ids = tf.concat([tf.broadcast_to(start, [count, 1]), ids, tf.tile(tf.constant([[end]], tf.int64), [count, 1])], axis=1).to_tensor()[:, :LENGTH]
    ids = tf.concat([ids, tf.zeros([tf.shape(ids)[0], LENGTH - tf.shape(ids)[1]], tf.int64)], axis=1)
    return ids, ids != 0, tf.zeros([tf.shape(ids)[0], LENGTH], tf.int64)


def between_ones(ids, count, start, end):
    return tf.concat([tf.ones([count, 1], tf.int64) * start, ids[:, :LENGTH - 2], tf.ones([count, 1], tf.int64) * end], axis=1)


def sequence_mask(*texts):
    ids = between_ones(*texts)
    mask = tf.sequence_mask(ids.row_lengths(), LENGTH)
    ids = ids.to_tensor(shape=[None, 2 * LENGTH])[:, :LENGTH]
    return ids, mask, tf.zeros_like(ids)


def types_of_halves(first, second, count, start, end):
    first = tf.concat([tf.fill([count, 1], start), first[:, :12], tf.fill([count, 1], end)], axis=1)
    second = tf.concat([second[:, :17], tf.fill([count, 1], end)], axis=1)
    types = tf.concat([tf.zeros_like(first), tf.ones_like(second)], axis=1).to_tensor(shape=[None, LENGTH])
    ids = tf.concat([first, second], axis=1).to_tensor(shape=[None, LENGTH])
    return ids, ids != 0, types


def ones_mask(*texts):
    ids = between_ones(*texts)
    mask = tf.ones_like(ids).to_tensor(shape=[None, LENGTH])
    return ids.to_tensor(shape=[None, LENGTH]), mask, tf.zeros_like(mask)


def table(known):
    return tf.lookup.StaticVocabularyTable(tf.lookup.KeyValueTensorInitializer(
        keys=known, key_dtype=tf.string, values=tf.range(len(known), dtype=tf.int64), value_dtype=tf.int64), num_oov_buckets=1)


def by_hand(vocabulary, make_rows, names=("text",)):
    """A mean of embeddings; {make_rows} is a function from the tokens and a lookup table to what turns texts into ids, a mask and types."""
    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            known = lines(vocabulary)
            self.lookup = table(known)
            self.rows = make_rows(known, self.lookup)
            source = np.random.default_rng(54)
            self.table = tf.Variable(np.round(source.standard_normal((len(known), WIDTH)) * 8) / 8, dtype=tf.float32)
            self.kernel = tf.Variable(np.round(source.standard_normal((WIDTH, 2)) * 8) / 8, dtype=tf.float32)

        def serve(self, *texts):
            ids, mask, types = self.rows(*texts)
            weight = tf.cast(mask, tf.float32)[:, :, tf.newaxis]
            mean = tf.reduce_sum((tf.gather(self.table, ids) + 0.5 * tf.cast(types, tf.float32)[:, :, tf.newaxis]) * weight, 1)
            return {"scores": tf.nn.softmax(tf.matmul(mean / tf.maximum(tf.reduce_sum(weight, 1), 1), self.kernel))}

    model = Model()
    return lambda path: tf.saved_model.save(model, path, signatures=tf.function(model.serve, input_signature=spec(names))), model.rows


def guide(trim, length=LENGTH, tokenize=None, limits=(None, None), words=None, **more):
    """The preprocessing of TensorFlow Text's BERT guide, without its masking of tokens; each text is cut to its limit before."""
    def make(known, lookup):
        tokenizer = tokenize(known, lookup) if tokenize else text.BertTokenizer(lookup, token_out_type=tf.int64, **more)
        trimmer = trim

        def rows(*texts):
            ids = [tokenizer.tokenize(x)[:, :words] if words else tokenizer.tokenize(x) for x in texts]
            ids = [x.merge_dims(1, -1) if x.ragged_rank > 1 else x for x in ids]
            ids = [x[:, :limit] if limit else x for x, limit in zip(ids, limits)]
            ids = trimmer.trim(ids) if trimmer else ids
            ids, types = text.combine_segments(ids, known.index("[CLS]"), known.index("[SEP]"))
            ids, mask = text.pad_model_inputs(ids, length)
            types, _ = text.pad_model_inputs(types, length)
            return ids, mask, types
        return rows
    return make


class Words:
    """Words between spaces, cut by either of TensorFlow Text's ops."""
    def __init__(self, known, lookup):
        self.words = text.WhitespaceTokenizer()
        self.pieces = (text.WordpieceTokenizer(lookup, token_out_type=tf.int64) if lookup else
                       text.FastWordpieceTokenizer(known, token_out_type=tf.int64, no_pretokenization=True, support_detokenization=True))

    def tokenize(self, x):
        return self.pieces.tokenize(self.words.tokenize(x))


def main(out, vocabularies, file, *chosen):
    work = tempfile.mkdtemp()
    paths = {}
    for name in ("uncased", "cased"):
        paths[name] = f"{work}/{name}.txt"
        cut_vocabulary(f"{vocabularies}/vocab_{name}.txt", paths[name])
    un, ca = paths["uncased"], paths["cased"]
    two = ("first", "second")
    made = {
        "hf_longest": lambda: hugging_face(un),
        "hf_multiple": lambda: hugging_face(ca, lower=False, pad_to_multiple_of=8),
        "hf_max_length_pair": lambda: hugging_face(un, pair=True, padding="max_length"),
        "hf_layer": lambda: hugging_face(un, use_fast_bert_tokenizer=False),
        "hf_layer_pair": lambda: hugging_face(ca, lower=False, pair=True, use_fast_bert_tokenizer=False),
        "hf_distilbert": lambda: hugging_face(un, kind="distilbert", return_token_type_ids=False),
        "hf_untruncated": lambda: hugging_face(ca, lower=False, padding="max_length", truncation=False),
        "hub_start_end": lambda: hub(start_end(un, end_value="[SEP]")),
        "hub_start": lambda: hub(start_end(un)),
        "hub_waterfall": lambda: hub(segments(un, 1, truncate="waterfall")),
        "hub_waterfall_pair": lambda: hub(segments(un, 1, truncate="waterfall"), pair=True),
        "hub_double_pair": lambda: hub(segments(un, 2), pair=True),
        "hub_specials": lambda: hub(segments(un, 1, specials=True)),
        "hub_plain": lambda: hub(plain(un)),
        "hub_padded_late": lambda: hub(hand_made(un, padded_late(LENGTH))),
        "hub_padded_longer": lambda: hub(hand_made(un, padded_late(2 * LENGTH)), mean=True),
        "hub_cut_late": lambda: hub(hand_made(un, cut_late)),
        "hub_sequence_mask": lambda: hub(hand_made(un, sequence_mask)),
        "hub_ones_mask": lambda: hub(hand_made(un, ones_mask)),
        "hub_fast_texts": lambda: hub(hand_made(un, ones_mask, "fast")),
        "hub_tokens": lambda: hub(hand_made(un, ones_mask, "tokens")),
        "hub_types_of_halves": lambda: hub(hand_made(un, types_of_halves), pair=True),
        "guide": lambda: by_hand(un, guide(text.RoundRobinTrimmer(LENGTH), lower_case=True)),
        "guide_pair": lambda: by_hand(ca, guide(text.RoundRobinTrimmer(LENGTH)), two),
        "guide_waterfall": lambda: by_hand(un, guide(text.WaterfallTrimmer(LENGTH - 2), lower_case=True)),
        "guide_waterfall_pair": lambda: by_hand(un, guide(text.WaterfallTrimmer(LENGTH - 3), lower_case=True), two),
        "guide_shrunk_pair": lambda: by_hand(un, guide(text.ShrinkLongestTrimmer(LENGTH - 3), lower_case=True), two),
        "guide_cut": lambda: by_hand(un, guide(None, lower_case=True)),
        "guide_cut_pair": lambda: by_hand(ca, guide(None), two),
        "guide_limit": lambda: by_hand(un, guide(text.RoundRobinTrimmer(LENGTH - 2), limits=(10, None), lower_case=True)),
        "guide_limit_pair": lambda: by_hand(un, guide(text.RoundRobinTrimmer(LENGTH - 3), limits=(12, 20), lower_case=True), two),
        "guide_limit_waterfall_pair": lambda: by_hand(ca, guide(text.WaterfallTrimmer(LENGTH - 3), limits=(8, None)), two),
        "guide_limit_shrunk_pair": lambda: by_hand(un, guide(text.ShrinkLongestTrimmer(LENGTH - 3), limits=(18, 20), lower_case=True), two),
        "guide_limit_cut_pair": lambda: by_hand(un, guide(None, limits=(10, 25), lower_case=True), two),
        # not served
        "guide_first_words": lambda: by_hand(un, guide(text.RoundRobinTrimmer(LENGTH - 2), words=5, lower_case=True)),
        "guide_words": lambda: by_hand(ca, guide(text.RoundRobinTrimmer(LENGTH - 2), tokenize=Words)),
        "guide_fast_words": lambda: by_hand(ca, guide(text.RoundRobinTrimmer(LENGTH - 2), tokenize=lambda known, _: Words(known, None))),
    }
    write(out, made, chosen or made)
    shutil.rmtree(work)
    pack(out, file)


if __name__ == "__main__": main(*sys.argv[1:])
