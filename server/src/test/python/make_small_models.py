"""Makes the small SavedModels of src/test/resources/models, and what TensorFlow itself answers with them.

Each is made the way a user makes one, by the official export tools, from one layer of width 32 and a vocabulary cut to a
few hundred tokens. Run it for each flavour, into one OUT, then pack:

  tf24   Python 3.8, tensorflow-cpu==2.4.4 tensorflow-text==2.4.3 tf-models-official==2.5.0 tensorflow-hub==0.12.0: the form of
         the preprocessing models of TensorFlow Hub
  tf212  Python 3.11, tensorflow-cpu==2.12.1 tensorflow-text==2.12.1 tf-models-official==2.12.0 tensorflow-hub==0.14.0
  tf215  Python 3.11, tensorflow-cpu==2.15.1 tensorflow-text==2.15.0 tf-models-official==2.15.0 tensorflow-hub==0.15.0
         'numpy<2' wrapt==1.14.1 typing_extensions==4.5.0
  tf216  Python 3.11, tensorflow-cpu==2.16.2 tensorflow-text==2.16.1 tf-models-official==2.16.0 tf-keras==2.16.0
         tensorflow-hub==0.16.1
  tf217  Python 3.11, tensorflow-cpu==2.17.1 tensorflow-text==2.17.0 tf-models-official==2.17.0 tf-keras==2.17.0
         tensorflow-hub==0.16.1
  tf218  Python 3.11, tensorflow-cpu==2.18.1 tensorflow-text==2.18.1 tf-models-official==2.18.0 tf-keras==2.18.0
         tensorflow-hub==0.16.1

Usage: make_small_models.py tf24|tf212|tf215|tf216|tf217|tf218 OUT VOCABULARIES [NAME...]   (VOCABULARIES: BERT's and ALBERT's published files)
       make_small_models.py pack OUT FILE.tar.xz
"""
import io, json, os, random, shutil, sys, tarfile, tempfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

WIDTH, LAYERS, HEADS = 32, 1, 2
TEXTS = [
    "", " ", "the", "a good film", "A Good FILM, really!", "it's the best of 2019... or not?", "caf\u00e9 na\u00efve \u00c5ngstr\u00f6m",
    "cafe\u0301 o\u0308", "\u4e2d\u6587\u5b57 and \u65e5\u672c\u8a9e", "[CLS] the [SEP] [MASK] [UNK]", "tab\there\nnew\u00a0line\u3000wide",
    "zero\u200bwidth soft\u00adhyphen \u0000nul \ufffd", "x" * 100, "x" * 101, "\u00e9" * 51, "\ufb01ne \u2460 \u00bd \uff21\uff22",
    "\u0130stanbul \u00df \u1e9e \u03a3\u03c3\u03c2", "\U0001f600 emoji \U0001f468\u200d\U0001f469", "don't ##stop", "$5 + 3 = 8 ^ ` ~ |",
    "\u2014dash\u2026 \u201cquoted\u201d", "the of and to in " * 70, "a, b. c; d: " * 30, "\u0915\u094d\u0937 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \ud55c\uad6d\uc5b4",
    "one two three four five six seven eight nine ten", "the film was not as good as the first one , but it is still worth a look",
]
PAIRS = list(zip(TEXTS, TEXTS[::-1]))


def cut_vocabulary(path, out, count=300):
    """The tokens that TEXTS need most: specials, single characters, and the most frequent words."""
    lines = open(path, encoding="utf-8").read().split("\n")
    kept = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    characters = sorted({c for t in TEXTS for c in t} | set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
    have = set(lines)
    for c in characters:
        kept += [t for t in (c, "##" + c) if t in have and t not in kept]
    for token in lines:
        if len(kept) >= count: break
        if len(token) > 1 and token.isalpha() and token not in kept: kept.append(token)
    with open(out, "w", encoding="utf-8") as f: f.write("\n".join(kept) + "\n")
    return len(kept)


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]; at += 1
        value |= (byte & 127) << shift; shift += 7
        if byte < 128: return value, at


def fields(data):
    """(number, value, whole field) of a protocol buffer's fields."""
    at = 0
    while at < len(data):
        start = at
        key, at = varint(data, at)
        if key & 7 == 0: value, at = varint(data, at)
        elif key & 7 == 5: value, at = data[at:at + 4], at + 4
        else:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        yield key >> 3, value, data[start:at]


def cut_sentencepiece(path, out, count=400):
    """The first pieces, the special ones and those of one character of TEXTS; everything else stays."""
    characters = {c for t in TEXTS for c in t.lower()} | set("abcdefghijklmnopqrstuvwxyz0123456789\u2581")
    kept, others = [], []
    for number, value, whole in fields(open(path, "rb").read()):
        if number != 1:
            others.append(whole)
            continue
        piece = {n: v for n, v, _ in fields(value)}
        if piece.get(3, 1) != 1 or len(kept) < count or piece[1].decode() in characters: kept.append(whole)
    with open(out, "wb") as f: f.write(b"".join(kept + others))
    return len(kept)


def main():
    flavour, out, vocabularies = sys.argv[1:4]
    if flavour == "pack": return pack(out, vocabularies)
    import numpy as np, tensorflow as tf, tensorflow_text as text, tensorflow_hub as hub
    from official.nlp.configs import encoders
    from official.nlp.modeling import layers as nlp_layers, networks
    from official.nlp.tools import export_tfhub_lib as ex
    keras = tf.keras
    os.makedirs(out, exist_ok=True)
    work = tempfile.mkdtemp()
    sizes = {}
    for name, file in (("uncased", "vocab_uncased.txt"), ("cased", "vocab_cased.txt"), ("multi", "vocab_multi.txt")):
        os.makedirs(f"{work}/{name}")
        sizes[name] = cut_vocabulary(f"{vocabularies}/{file}", f"{work}/{name}/vocab.txt")
    sizes["albert"] = cut_sentencepiece(f"{vocabularies}/30k-clean.model", f"{work}/30k-clean.model")

    def fill(model, seed):
        """Normal kernels, scales near 1 and biases off 0, so that no term can be dropped unseen."""
        source = np.random.default_rng(seed)
        for w in model.weights:
            if not w.dtype.is_floating: continue
            scale = 0.0625 if "gamma" in w.name else 0.2
            # six bits a value: the archive stays small
            v = np.round(source.standard_normal(w.shape) * 8) / 8 * scale
            w.assign(v + (1.0 if "gamma" in w.name else 0.0))

    def encoder(kind="bert", vocabulary="uncased", embedding=None, seed=1, **more):
        config = encoders.EncoderConfig(type=kind)
        e = config.get()
        e.vocab_size = sizes[vocabulary]; e.hidden_size = WIDTH; e.num_layers = more.get("layers", LAYERS)
        e.num_attention_heads = HEADS; e.intermediate_size = 2 * WIDTH; e.max_position_embeddings = 256
        if embedding: e.embedding_size = embedding
        core, _ = ex._create_model(encoder_config=config, with_mlm=False)
        fill(core, seed)
        return core

    def talking_heads():
        embedding = dict(vocab_size=sizes["uncased"], type_vocab_size=2, hidden_size=WIDTH, max_seq_length=256,
                         initializer=keras.initializers.TruncatedNormal(stddev=0.02), dropout_rate=0.1)
        hidden = dict(num_attention_heads=HEADS, inner_dim=2 * WIDTH, inner_activation=lambda x: keras.activations.gelu(x, approximate=True),
                      attention_cls=nlp_layers.TalkingHeadsAttention, attention_cfg=dict(num_heads=HEADS, key_dim=WIDTH // HEADS, dropout=0.1),
                      dropout_rate=0.1, attention_dropout_rate=0.1)
        e = networks.EncoderScaffold(pooled_output_dim=WIDTH, embedding_cfg=embedding, hidden_cls=nlp_layers.TransformerScaffold,
                                     hidden_cfg=hidden, num_hidden_instances=2, dict_outputs=True, return_all_layer_outputs=True)
        ins = {x.name.split(":")[0]: x for x in e.inputs} if isinstance(e.inputs, list) else e.inputs
        o = e(ins); o["default"] = o["pooled_output"]
        core = keras.Model(ins, o)
        fill(core, 7)
        return core

    def preprocessing(vocabulary, lower):
        files = dict(sp_model_file=f"{work}/30k-clean.model") if vocabulary == "albert" else dict(vocab_file=f"{work}/{vocabulary}/vocab.txt")
        return ex.create_preprocessing(do_lower_case=lower, tokenize_with_offsets=False, default_seq_length=128, **files)

    def dense(units, activation, name, seed=3):
        layer = keras.layers.Dense(units, activation=activation, name=name)
        source = np.random.default_rng(seed)
        def of(x):
            y = layer(x)
            layer.kernel.assign(np.round(source.standard_normal(layer.kernel.shape) * 8) / 16)
            layer.bias.assign(source.standard_normal(layer.bias.shape) / 4)
            return y
        return of

    def tutorial(core, vocabulary="uncased", lower=True, seq=128, inputs=("text",), head=None, wrap=True):
        """The text classification tutorial's model; `head` makes the outputs from the encoder's."""
        path = tempfile.mkdtemp(dir=work)
        pre = preprocessing(vocabulary, lower)
        pre.save(path + "/pre", save_format="tf", include_optimizer=False)
        core.save(path + "/enc", save_format="tf", include_optimizer=False)
        ins = [keras.layers.Input(shape=(), dtype=tf.string, name=n) for n in inputs]
        if seq == 128 and len(inputs) == 1:
            x = hub.KerasLayer(path + "/pre", name="preprocessing")(ins[0])
        else:
            bp = hub.load(path + "/pre")
            tokenize = hub.KerasLayer(bp.tokenize, name="tokenizer")
            x = hub.KerasLayer(bp.bert_pack_inputs, arguments=dict(seq_length=seq), name="packer")([tokenize(s) for s in ins])
        o = hub.KerasLayer(path + "/enc", trainable=True, name="BERT_encoder")(x)
        outputs = (head or (lambda o, x: dense(1, "sigmoid", "classifier")(keras.layers.Dropout(0.1)(o["pooled_output"]))))(o, x)
        return keras.Model(ins if len(ins) > 1 else ins[0], outputs), keras.Model(ins if len(ins) > 1 else ins[0], x)

    def softmax(n): return lambda o, x: dense(n, "softmax", "classes")(o["pooled_output"])
    def mean(o, x): return dense(1, "sigmoid", "mean")(keras.layers.GlobalAveragePooling1D()(o["sequence_output"]))
    def masked_mean(o, x):
        pooled = keras.layers.GlobalAveragePooling1D()(o["sequence_output"], mask=tf.cast(x["input_mask"], tf.bool))
        return dense(2, None, "mean")(pooled)
    def several(o, x):
        logits = dense(3, None, "logits")(o["pooled_output"])
        return {"logits": logits, "label": tf.argmax(logits, -1), "label32": tf.argmax(logits, -1, output_type=tf.int32)[:, tf.newaxis],
                "embedding": tf.math.l2_normalize(o["pooled_output"], -1)}
    def recurrent(o, x):
        states, mask = o["sequence_output"], tf.cast(x["input_mask"], tf.bool)
        both, masked = keras.layers.Bidirectional(keras.layers.LSTM(8)), keras.layers.GRU(8)
        read = keras.layers.concatenate([both(states), masked(states, mask=mask)])
        for layer in (both, masked): fill(layer, 26)
        return dense(2, "softmax", "classes")(read)
    def sequence(o, x): return {"tokens": o["sequence_output"]}

    made = {
        "tf24": {
            "save_24_S32": lambda: tutorial(encoder(seed=41), seq=32),
            "save_24_pair_S48": lambda: tutorial(encoder(vocabulary="cased", seed=42), "cased", False, seq=48, inputs=("b", "a")),
            "save_24_albert": lambda: tutorial(encoder("albert", "albert", embedding=16, seed=43), "albert", True),
        },
        "tf212": {
            "save_212": lambda: tutorial(encoder(seed=44)),
            "save_212_pair_S48": lambda: tutorial(encoder(seed=45), seq=48, inputs=("first", "second"), head=softmax(2)),
        },
        "tf215": {
            "bert_uncased": lambda: tutorial(encoder(layers=2)),
            "bert_cased_S32": lambda: tutorial(encoder(vocabulary="cased", seed=2), "cased", False, seq=32,
                                               head=lambda o, x: dense(1, None, "classifier")(o["pooled_output"])),
            "bert_multi_cased": lambda: tutorial(encoder(vocabulary="multi", seed=3), "multi", False, head=softmax(5)),
            "albert": lambda: tutorial(encoder("albert", "albert", embedding=16, seed=4, layers=2), "albert", True),
            "albert_pair": lambda: tutorial(encoder("albert", "albert", embedding=16, seed=5), "albert", True, inputs=("b", "a")),
            "electra_S256": lambda: tutorial(encoder(embedding=16, seed=6), seq=256),
            "talking_heads": lambda: tutorial(talking_heads()),
            "pair_S64": lambda: tutorial(encoder(seed=8), seq=64, inputs=("sentence1", "sentence2"), head=softmax(2)),
            "mean_pooled": lambda: tutorial(encoder(seed=9), head=mean),
            "masked_mean": lambda: tutorial(encoder(seed=10), head=masked_mean, inputs=("review",)),
            "several_outputs": lambda: tutorial(encoder(seed=11), head=several, inputs=("sentence",)),
            "token_states_S32": lambda: tutorial(encoder(seed=12), head=sequence, seq=32),
        },
        "tf216": {
            "save_216": lambda: tutorial(encoder(seed=31), head=softmax(2)),
            "export_216_S64": lambda: tutorial(encoder(vocabulary="cased", seed=32), "cased", False, seq=64),
            "encoder_216": lambda: tokens_in(encoder(seed=33), "uncased", True),
        },
        "tf217": {
            "save_217": lambda: tutorial(encoder("albert", "albert", embedding=16, seed=34), "albert", True),
            "export_217_pair": lambda: tutorial(encoder(seed=35), inputs=("premise", "hypothesis"), head=softmax(3)),
            "subclass_217": lambda: subclass(),
            "column_217": lambda: column(),
            "fast_217": lambda: fast(True, support_detokenization=True),
            "encoder_cased_217": lambda: tokens_in(encoder(vocabulary="cased", seed=38), "cased", False, head=True),
        },
        "tf218": {
            "tfkeras_save": lambda: tutorial(encoder(seed=21)),
            "tfkeras_export": lambda: tutorial(encoder(seed=22), head=softmax(3)),
            "module": lambda: tutorial(encoder(seed=23), head=softmax(2)),
            "recurrent_S32": lambda: tutorial(encoder(seed=25), head=recurrent, seq=32),
            "fast_uncased": lambda: fast(True),
            "fast_cased": lambda: fast(False),
        },
    }[flavour]

    def tokens_in(core, vocabulary, lower, head=False):
        """An encoder as TensorFlow Hub has it, or a classifier upon one with inputs of its own names."""
        core.vocab_file = tf.saved_model.Asset(f"{work}/{vocabulary}/vocab.txt")
        core.do_lower_case = tf.Variable(lower, trainable=False)
        pre = preprocessing(vocabulary, lower)
        text_in = keras.layers.Input(shape=(), dtype=tf.string, name="text")
        tokens = keras.Model(text_in, pre(text_in))
        if not head: return core, tokens
        path = tempfile.mkdtemp(dir=work)
        core.save(path + "/enc", save_format="tf", include_optimizer=False)
        names = {"input_word_ids": "ids", "input_mask": "attention", "input_type_ids": "segments"}
        ins = {k: keras.layers.Input(shape=(128,), dtype=tf.int32, name=n) for k, n in names.items()}
        o = hub.KerasLayer(path + "/enc", trainable=True, name="encoder")(ins)
        model = keras.Model(list(ins.values()), dense(1, "sigmoid", "classifier")(o["pooled_output"]))
        tokens.renamed = names
        return model, tokens

    def subclass():
        inner, tokens = tutorial(encoder(seed=36), head=softmax(2))

        class Classifier(keras.Model):
            def __init__(self):
                super().__init__()
                self.inner = inner

            def call(self, texts, training=False):
                return {"scores": self.inner(texts, training=training)}

        model = Classifier()
        model(tf.constant(["a"]))
        return model, tokens

    def column():
        """Texts of [rows, 1], as a column of a table is."""
        inner, tokens = tutorial(encoder(seed=37))
        text_in = keras.layers.Input(shape=(1,), dtype=tf.string, name="text")
        return keras.Model(text_in, inner(tf.squeeze(text_in, -1))), tokens

    def fast(lower, **more):
        vocabulary = "uncased" if lower else "cased"
        tokens = open(f"{work}/{vocabulary}/vocab.txt", encoding="utf-8").read().split("\n")[:-1]
        tokenizer = text.FastBertTokenizer(vocab=tokens, token_out_type=tf.int32, lower_case_nfd_strip_accents=lower, **more)
        core = encoder(vocabulary=vocabulary, seed=24)

        class Model(tf.Module):
            def __init__(self):
                super().__init__()
                self.core = core
                self.head = dense(1, "sigmoid", "classifier")
                self.layer = keras.layers.Dense(1, activation="sigmoid")
                self.layer.build((None, WIDTH))
                self.layer.kernel.assign(np.ones((WIDTH, 1)) / 8)

            @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
            def tokens(self, text_in):
                ids = tokenizer.tokenize(text_in).merge_dims(1, -1)
                trimmed = text.RoundRobinTrimmer(max_seq_length=126).trim([ids])
                ids, types = text.combine_segments(trimmed, start_of_sequence_id=2, end_of_segment_id=3)
                ids, mask = text.pad_model_inputs(ids, 128)
                types, _ = text.pad_model_inputs(types, 128)
                return dict(input_word_ids=ids, input_mask=mask, input_type_ids=types)

            @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
            def serve(self, text_in):
                return {"score": self.layer(self.core(self.tokens(text_in), training=False)["pooled_output"])}

        return Model(), None

    class Served(tf.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="body")])
        def serve(self, body):
            return {"probabilities": self.model(body, training=False)}

    for name in sys.argv[4:] or made:
        keras.backend.clear_session()
        model, tokens = made[name]()
        path = f"{out}/{name}"
        shutil.rmtree(path, ignore_errors=True)
        if name.startswith("fast"):
            tokens = model.tokens
            tf.saved_model.save(model, path, signatures={"serving_default": model.serve})
        elif name == "module":
            served = Served(model)
            tf.saved_model.save(served, path, signatures={"serving_default": served.serve})
        elif "export" in name:
            model.export(path)
        else:
            model.save(path, include_optimizer=False)
        for needless in ("keras_metadata.pb", "fingerprint.pb"):
            if os.path.exists(f"{path}/{needless}"): os.remove(f"{path}/{needless}")
        goldens(tf, path, tokens)
        print(name, flush=True)
    shutil.rmtree(work)


def goldens(tf, path, tokens):
    loaded = tf.saved_model.load(path)
    served = loaded.signatures["serving_default"]
    names = sorted(served.structured_input_signature[1])
    takes_ids = served.structured_input_signature[1][names[0]].dtype != tf.string
    rows = TEXTS if takes_ids or len(names) == 1 else PAIRS
    texts = [rows] if rows is TEXTS else list(zip(*rows))
    feed = [tf.constant(list(column)) for column in texts]
    shape = served.structured_input_signature[1][names[0]].shape
    wide = len(shape) == 2 and not takes_ids

    def row(i):
        """Alone: in a batch, trimmers of TensorFlow Text 2.12 let a row keep more while others are filled."""
        alone = [f[i:i + 1] for f in feed]
        ids = tokens(alone[0] if len(alone) == 1 else alone)
        if takes_ids:
            renamed = getattr(tokens, "renamed", {k: k for k in ids})
            return ids, served(**{renamed[k]: v for k, v in ids.items()})
        return ids, served(**dict(zip(names, [f[:, tf.newaxis] for f in alone] if wide else alone)))

    made = [row(i) for i in range(len(rows))]
    if takes_ids: names = ["text"]
    with open(f"{path}/goldens.jsonl", "w") as f:
        for i, (_, answers) in enumerate(made):
            line = {"inputs": {n: texts[k][i] for k, n in enumerate(names)},
                    "outputs": {n: [float("%.8g" % v) for v in a.numpy()[0].astype(float).ravel()] for n, a in sorted(answers.items())}}
            if i % 8 and any(len(v) > 200 for v in line["outputs"].values()): continue
            f.write(json.dumps(line, separators=(",", ":")) + "\n")
    with open(f"{path}/tokens.jsonl", "w") as f:
        for i, (ids, _) in enumerate(made):
            word, mask, types = (ids[k].numpy()[0] for k in ("input_word_ids", "input_mask", "input_type_ids"))
            n = int(mask.sum())
            assert mask[:n].all() and not word[n:].any()
            line = {"text": list(rows[i]) if len(names) > 1 else rows[i], "ids": word[:n].tolist(), "segments": types[:n].tolist()}
            f.write(json.dumps(line, separators=(",", ":")) + "\n")


def pack(out, file):
    with tarfile.open(file, "w:xz", preset=9 | 0x80000000) as tar:
        for folder, folders, files in sorted(os.walk(out)):
            for name in sorted(files):
                path = os.path.join(folder, name)
                info = tar.gettarinfo(path, os.path.relpath(path, out))
                info.mtime = info.uid = info.gid = 0
                info.uname = info.gname = ""
                info.mode = 0o644
                with open(path, "rb") as f: tar.addfile(info, f)
    print(file, os.path.getsize(file))


if __name__ == "__main__": main()
