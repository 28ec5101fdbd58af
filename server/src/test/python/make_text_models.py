"""Makes the small SavedModels of src/test/resources/models/text.tar.xz, and what TensorFlow itself answers with them.

Their texts go another way to their token ids than in make_small_models.py: KerasHub's preprocessors in the serving function,
and string ops before the tokenizer.

Python 3.11, tensorflow==2.18.1 tensorflow-text==2.18.1 keras==3.15.1 keras-hub==0.19.3; for those called _221
tensorflow-cpu==2.21.0 tensorflow-text==2.21.1 keras-hub==0.32.0

Usage: make_text_models.py OUT VOCABULARIES FILE.tar.xz [NAME...]   (VOCABULARIES: BERT's and ALBERT's published files)
"""
import json, os, shutil, sys, tempfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import keras, keras_hub, numpy as np, tensorflow as tf, tensorflow_text as text
from make_small_models import PAIRS, TEXTS, cut_sentencepiece, cut_vocabulary, fields, pack

WIDTH = 32
TEXTS = TEXTS + ["<b>Bold</b> &amp; <i>it</i>", "  spaces   between\twords ", "a,b,,c", "see http://a.b/c?d=1 now", "\u3231 \u00bd \uff03a",
                 "\u1e9e \u0130 \u039f\u03a3 \u03a3", "a\u0301\u0327 \uac00\u11a8", "\U00010570 \U0001e900 \ua7c7", "\ufdfa " * 3]
# Punctuation, letters and digits newer than Unicode 12.1
NEWER = ["good\u2e5afilm\u1b4ethe", "\U0001fbf7 \ua7cb \U0001ccd6", "the\u061dfilm\U00011b00"]


def fill(model, seed):
    """Normal kernels, scales near 1 and biases off 0, of six bits a value: the archive stays small."""
    source = np.random.default_rng(seed)
    for w in model.weights:
        if "float" not in str(w.dtype): continue
        gamma = "gamma" in getattr(w, "path", w.name)
        w.assign(np.round(source.standard_normal(w.shape) * 8) / 8 * (0.0625 if gamma else 0.2) + (1.0 if gamma else 0.0))


def unknown_first(path, out):
    """The pieces of a model in the order of XLM-RoBERTa's: the unknown one is the first."""
    wholes = [(whole, number == 1 and {n: v for n, v, _ in fields(value)}.get(3)) for number, value, whole in fields(open(path, "rb").read())]
    with open(out, "wb") as f: f.write(b"".join(whole for whole, _ in sorted(wholes, key=lambda pair: pair[1] != 2)))


def hub(kind, vocabulary, lower=True, length=64, pair=False, archive=True, **more):
    """A classifier upon KerasHub's backbone, with KerasHub's preprocessor in the serving function."""
    classes = {name: getattr(keras_hub, group) for name, group in (("backbone", "models"), ("tokenizer", "tokenizers"))}
    if kind in ("Albert", "XLMRoberta"):
        tokenizer = getattr(keras_hub.tokenizers, kind + "Tokenizer")(proto=open(vocabulary, "rb").read())
    else:
        tokens = open(vocabulary, encoding="utf-8").read().split("\n")[:-1]
        tokenizer = getattr(classes["tokenizer"], kind + "Tokenizer")(vocabulary=tokens, lowercase=lower)
    size = "vocab_size" if kind == "Electra" else "vocabulary_size"
    sizes = dict({size: tokenizer.vocabulary_size()}, num_layers=1, num_heads=2, hidden_dim=WIDTH,
                 intermediate_dim=2 * WIDTH, max_sequence_length=128, **more)
    backbone = getattr(classes["backbone"], kind + "Backbone")(**sizes)
    preprocessor = {
        "Bert": keras_hub.models.BertTextClassifierPreprocessor, "Albert": keras_hub.models.AlbertTextClassifierPreprocessor,
        "DistilBert": keras_hub.models.DistilBertTextClassifierPreprocessor, "Electra": keras_hub.models.BertTextClassifierPreprocessor,
        "XLMRoberta": keras_hub.models.XLMRobertaTextClassifierPreprocessor,
    }[kind](tokenizer, sequence_length=length)
    fill(backbone, 41)
    head = keras.layers.Dense(2, activation="softmax")

    def scores(tokens):
        read = {i.name for i in backbone.inputs}
        out = backbone({k: v for k, v in tokens.items() if k in read})
        return head(out["pooled_output"] if isinstance(out, dict) else out[:, 0, :])

    names = ["first", "second"] if pair else ["text"]

    def serve(*texts):
        return {"scores": scores(preprocessor(texts if pair else texts[0]))}

    @tf.function
    def tokens(*texts):
        got = preprocessor(texts if pair else texts[0])
        mask = tf.cast(got["padding_mask"], tf.int32)
        if kind == "XLMRoberta": got["segment_ids"] = preprocessor.packer(tuple(tokenizer(text) for text in texts))[1]
        return got["token_ids"], mask, got.get("segment_ids", tf.zeros_like(mask))

    serve(*[tf.constant(["a"])] * len(names))
    fill(head, 42)

    def save(path):
        module = tf.Module()
        module.pieces = getattr(tokenizer, "_sentence_piece", None)
        module.weights = [w.value for w in backbone.weights + head.weights]
        signature = tf.function(serve, input_signature=[tf.TensorSpec([None], tf.string, name=n) for n in names])
        tf.saved_model.save(module, path, signatures={"serving_default": signature})

    def export(path):
        kept = keras.export.ExportArchive()
        kept.track(backbone)
        kept.track(head)
        kept.add_endpoint("serve", serve, input_signature=[tf.TensorSpec([None], tf.string, name=n) for n in names])
        kept.write_out(path)

    return (export if archive else save), tokens


def cleaned(vocabulary, clean, names=("text",), fast=False, lower=True, sliced=()):
    """A mean of embeddings upon BertTokenizer's ids of what {clean} makes of the texts; {sliced} is a shape to pad to by hand."""
    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            lines = open(vocabulary, encoding="utf-8").read().split("\n")[:-1]
            self.tokenizer = (text.FastBertTokenizer(vocab=lines, token_out_type=tf.int32, lower_case_nfd_strip_accents=lower) if fast
                              else text.BertTokenizer(vocabulary if sliced != () else self.lookup(lines), lower_case=lower, token_out_type=tf.int32))
            self.special = [lines.index("[CLS]"), lines.index("[SEP]")]
            source = np.random.default_rng(43)
            self.table = tf.Variable(np.round(source.standard_normal((len(lines), WIDTH)) * 8) / 8, dtype=tf.float32)
            self.kernel = tf.Variable(np.round(source.standard_normal((WIDTH, 2)) * 8) / 8, dtype=tf.float32)

        def lookup(self, lines):
            """A table without buckets for unknown tokens, as the official preprocessing has."""
            file = tf.lookup.TextFileInitializer(vocabulary, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
                                                 tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER)
            return tf.lookup.StaticHashTable(file, lines.index("[UNK]"))

        def tokens(self, *texts):
            ids = self.tokenizer.tokenize(clean(*texts))
            ids = ids if fast else ids.merge_dims(-2, -1)
            if sliced != ():
                ids = ids[:, :62]
                start, end = (tf.fill([ids.nrows(), 1], special) for special in self.special)
                ids = tf.concat([start, ids, end], axis=1).to_tensor(shape=sliced)
                mask = tf.cast(ids != 0, tf.int32)
                return ids, mask, tf.zeros_like(mask)
            trimmed = text.RoundRobinTrimmer(max_seq_length=62).trim([ids])
            ids, types = text.combine_segments(trimmed, *self.special)
            ids, mask = text.pad_model_inputs(ids, 64)
            types, _ = text.pad_model_inputs(types, 64)
            return ids, mask, types

        def serve(self, *texts):
            ids, mask, _ = self.tokens(*texts)
            weight = tf.cast(mask, tf.float32)[:, :, tf.newaxis]
            mean = tf.reduce_sum(tf.gather(self.table, ids) * weight, 1) / tf.reduce_sum(weight, 1)
            return {"scores": tf.nn.softmax(tf.matmul(mean, self.kernel))}

    model = Model()
    signature = tf.function(model.serve, input_signature=[tf.TensorSpec([None], tf.string, name=n) for n in names])
    return lambda path: tf.saved_model.save(model, path, signatures={"serving_default": signature}), model.tokens


def main(out, vocabularies, file, *chosen):
    work = tempfile.mkdtemp()
    paths = {}
    for name in ("uncased", "cased"):
        paths[name] = f"{work}/{name}.txt"
        cut_vocabulary(f"{vocabularies}/vocab_{name}.txt", paths[name])
    paths["albert"] = f"{work}/30k-clean.model"
    cut_sentencepiece(f"{vocabularies}/30k-clean.model", paths["albert"])
    paths["xlm"] = f"{work}/xlm.model"
    unknown_first(paths["albert"], paths["xlm"])
    s, un, ca = tf.strings, paths["uncased"], paths["cased"]

    def words(x): return s.reduce_join(s.split(x), axis=-1, separator=" ")
    def first_words(x): return s.reduce_join(s.split(x)[:, :3], axis=-1, separator=" ")
    def first_word(x): return s.split(x, sep=", ").to_tensor()[:, 0]
    def guarded(x): return tf.where(s.length(x, unit="UTF8_CHAR") > 20, s.substr(x, 0, 20, unit="UTF8_CHAR"), x)
    def emptied(x): return tf.where(s.regex_full_match(x, r"\s*"), tf.fill(tf.shape(x), "the film"), x)
    def either(x): return tf.where(tf.logical_and(tf.not_equal(x, "the"), s.length(x) <= 40), s.upper(x), s.join(["the ", x, "!"]))

    made = {
        "hub_bert": lambda: hub("Bert", un),
        "hub_bert_221": lambda: hub("Bert", un),
        "hub_bert_cased_pair": lambda: hub("Bert", ca, lower=False, pair=True),
        "hub_distilbert": lambda: hub("DistilBert", un, length=32, archive=False),
        "hub_albert": lambda: hub("Albert", paths["albert"], archive=False, embedding_dim=16),
        "hub_xlm_roberta_221": lambda: hub("XLMRoberta", paths["xlm"], archive=False),
        "hub_xlm_roberta_pair": lambda: hub("XLMRoberta", paths["xlm"], length=32, pair=True, archive=False),
        "hub_electra": lambda: hub("Electra", un, embedding_dim=WIDTH),
        "clean_html": lambda: cleaned(un, lambda x: s.strip(s.regex_replace(s.lower(x), "<[^>]+>|&amp;", " "))),
        "clean_utf8": lambda: cleaned(ca, lambda x: s.lower(x, encoding="utf-8"), lower=False),
        "clean_words": lambda: cleaned(ca, words, lower=False),
        "clean_first_words": lambda: cleaned(un, first_words),
        "clean_first_word": lambda: cleaned(un, first_word),
        "clean_guarded": lambda: cleaned(un, guarded),
        "clean_emptied": lambda: cleaned(un, emptied, fast=True),
        "clean_either": lambda: cleaned(ca, either, lower=False),
        "clean_bytes": lambda: cleaned(ca, lambda x: s.regex_replace(s.substr(x, 0, 11), r"[aeiou]|\W$", "*"), lower=False),
        "clean_bytes_uncased": lambda: cleaned(un, lambda x: s.substr(x, 0, 11)),
        "clean_normal": lambda: cleaned(ca, lambda x: text.case_fold_utf8(text.normalize_utf8(x, "NFKC")), lower=False),
        "clean_transcoded": lambda: cleaned(un, lambda x: s.unicode_transcode(x, "UTF-8", "UTF-8", replace_control_characters=True)),
        "hand_sliced": lambda: cleaned(un, lambda x: x, sliced=[None, 64]),
        "hand_sliced_open": lambda: cleaned(ca, s.strip, lower=False, sliced=None),
        "hand_sliced_fast": lambda: cleaned(un, lambda x: x, fast=True, sliced=[None, 64]),
        "fast_221": lambda: cleaned(un, lambda x: x, fast=True),
        "fast_cased_221": lambda: cleaned(ca, lambda x: x, fast=True, lower=False),
        "joined": lambda: cleaned(un, lambda title, body: s.join([title, body], separator=". "), names=("title", "body")),
    }
    write(out, made, chosen or [n for n in made if not n.endswith("_221")])
    shutil.rmtree(work)
    pack(out, file)


def write(out, made, names):
    """Saves the models called `names`, each in a folder of its own, with what TensorFlow answers."""
    for name in names:
        path = f"{out}/{name}"
        shutil.rmtree(path, ignore_errors=True)
        save, tokens = made[name]()
        save(path)
        for needless in ("keras_metadata.pb", "fingerprint.pb"):
            if os.path.exists(f"{path}/{needless}"): os.remove(f"{path}/{needless}")
        goldens(path, tokens)
        print(name, flush=True)


def goldens(path, tokens):
    served = tf.saved_model.load(path).signatures["serving_default"]
    names = [n for n in ("first", "second", "text", "title", "body") if n in served.structured_input_signature[1]]
    # RegexSplitWithOffsets ends a text at NUL in 2.18, and not in 2.21, and folds newer letters; FastBertTokenizer has its own rules
    fast, newer = "fast" in path, path.endswith("_221")
    texts = [t for t in TEXTS if "\0" not in t or fast or not newer] + (NEWER if fast and newer else [])
    rows = [[t] for t in texts] if len(names) == 1 else [list(p) for p in PAIRS]
    feed = [tf.constant(list(column)) for column in zip(*rows)]
    ids, mask, types = (t.numpy() for t in tokens(*feed))
    answers = served(**dict(zip(names, feed)))["scores"].numpy()
    with open(f"{path}/goldens.jsonl", "w") as f:
        for i, row in enumerate(rows):
            n = int(mask[i].sum())
            line = {"inputs": dict(zip(names, row)), "outputs": {"scores": [float("%.8g" % v) for v in answers[i]]},
                    "ids": ids[i][:n].tolist(), "segments": types[i][:n].tolist()}
            f.write(json.dumps(line, separators=(",", ":")) + "\n")


if __name__ == "__main__": main(*sys.argv[1:])
