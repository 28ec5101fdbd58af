"""Makes the small models of src/test/resources/models/libraries.tar.xz: encoders as other libraries than TensorFlow's
official models export them, and models trained in mixed precision, with what TensorFlow itself answers.

Each has two narrow layers and takes token ids, so that only the encoder is tried. Run it for each flavour, into one OUT:

  hf        Python 3.11, tensorflow-cpu==2.18.0 tf-keras==2.18.0 transformers==4.46.3
  kerashub  Python 3.11, tensorflow-cpu==2.18.0 tensorflow-text==2.18.1 keras-hub==0.19.0; for kerashub_selected_mean and kerashub_max
            tensorflow-cpu==2.21.0 tensorflow-text==2.21.1 keras==3.15.1 keras-hub==0.32.0
  official  Python 3.11, tensorflow-cpu==2.18.1 tensorflow-text==2.18.1 tf-models-official==2.18.0 tf-keras==2.18.0
            tensorflow-hub==0.16.1

Usage: make_library_models.py hf|kerashub|official OUT [NAME...]
       make_library_models.py pack OUT FILE.tar.xz
"""
import json, os, shutil, sys, tempfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
if sys.argv[1] != "kerashub": os.environ["TF_USE_LEGACY_KERAS"] = "1"

WIDTH, LAYERS, HEADS, INNER, VOCABULARY, LENGTH = 32, 2, 2, 64, 97, 40


def main():
    flavour, out = sys.argv[1:3]
    if flavour == "pack":
        from make_small_models import pack
        return pack(out, sys.argv[3])
    import numpy as np, tensorflow as tf
    os.makedirs(out, exist_ok=True)
    made = {"hf": hugging_face, "kerashub": keras_hub, "official": official}[flavour](np, tf)
    for name in sys.argv[3:] or made:
        path = f"{out}/{name}"
        shutil.rmtree(path, ignore_errors=True)
        made[name](path)
        for needless in ("keras_metadata.pb", "fingerprint.pb"):
            if os.path.exists(f"{path}/{needless}"): os.remove(f"{path}/{needless}")
        goldens(np, tf, path)
        print(name, flush=True)


def fill(np, model, seed):
    """Normal kernels, scales near 1 and biases off 0, so that no term can be dropped unseen."""
    source = np.random.default_rng(seed)
    for w in model.weights:
        name = getattr(w, "path", w.name)
        if "float" not in str(w.dtype): continue
        scale = 0.0625 if "gamma" in name else 0.2
        # six bits a value: the archive stays small
        v = np.round(source.standard_normal(w.shape) * 8) / 8 * scale
        w.assign(v + (1.0 if "gamma" in name else 0.0))


def hugging_face(np, tf):
    from transformers import (
        AlbertConfig, BertConfig, DistilBertConfig, ElectraConfig, TFAlbertForSequenceClassification,
        RobertaConfig, TFBertForSequenceClassification, TFBertModel, TFDistilBertForSequenceClassification,
        TFElectraForSequenceClassification, TFRobertaForSequenceClassification)
    size = dict(vocab_size=VOCABULARY, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
                intermediate_size=INNER, max_position_embeddings=LENGTH)
    distil = dict(vocab_size=VOCABULARY, dim=WIDTH, n_layers=LAYERS, n_heads=HEADS, hidden_dim=INNER, max_position_embeddings=LENGTH)

    wider = {**size, "max_position_embeddings": LENGTH + 2}

    def save(make, seed, policy="float32", served=lambda model: None):
        def to(path):
            tf.keras.mixed_precision.set_global_policy(policy)
            model = made(make, seed)
            work = tempfile.mkdtemp()
            model.save_pretrained(work, saved_model=True, signatures=served(model))
            shutil.copytree(f"{work}/saved_model/1", path)
            shutil.rmtree(work)
            tf.keras.mixed_precision.set_global_policy("float32")
        return to

    def made(make, seed):
        model = make()
        model(model.dummy_inputs)
        fill(np, model, seed)
        return model

    def wide(model):
        """A signature of int64, as other frameworks have."""
        tensors = {n: tf.TensorSpec([None, None], tf.int64, name=n) for n in ("input_ids", "attention_mask", "token_type_ids")}
        return tf.function(lambda inputs: {"logits": model(inputs).logits}, input_signature=[tensors])

    def functional(seed):
        """A Keras model of rows of one length upon an encoder, without types."""
        def to(path):
            encoder = made(lambda: TFBertModel(BertConfig(**size)), seed)
            ins = {n: tf.keras.layers.Input((LENGTH,), dtype=tf.int32, name=n) for n in ("input_ids", "attention_mask")}
            pooled = tf.keras.layers.Dropout(0.2)(encoder(**ins).pooler_output)
            model = tf.keras.Model(list(ins.values()), tf.keras.layers.Dense(3, "softmax", name="classes")(pooled))
            model.save(path, include_optimizer=False, save_format="tf")
        return to

    def mean(seed):
        """A unit vector of the mean of all tokens, as sentence embeddings are."""
        def to(path):
            served = tf.Module()
            served.model = made(lambda: TFBertModel(BertConfig(**size)), seed)

            @tf.function(input_signature=[tf.TensorSpec([None, LENGTH], tf.int32, name=n) for n in ("input_ids", "attention_mask")])
            def serve(input_ids, attention_mask):
                states = served.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
                weight = tf.broadcast_to(tf.cast(tf.expand_dims(attention_mask, -1), tf.float32), tf.shape(states))
                mean = tf.reduce_sum(states * weight, 1) / tf.maximum(tf.reduce_sum(weight, 1), 1e-9)
                return {"embedding": tf.math.l2_normalize(mean, axis=1)}
            served.serve = serve
            tf.saved_model.save(served, path, signatures=serve)
        return to

    return {
        "hf_bert": save(lambda: TFBertForSequenceClassification(BertConfig(**size, num_labels=3)), 1),
        # An epsilon from 1.001e-5 on makes Keras normalise by FusedBatchNormV3.
        "hf_bert_tanh": save(lambda: TFBertForSequenceClassification(
            BertConfig(**size, num_labels=1, hidden_act="gelu_new", layer_norm_eps=1e-3)), 2),
        "hf_bert_states": save(lambda: TFBertModel(BertConfig(**size)), 3),
        "hf_distilbert": save(lambda: TFDistilBertForSequenceClassification(DistilBertConfig(**distil, num_labels=2)), 4),
        "hf_electra": save(lambda: TFElectraForSequenceClassification(ElectraConfig(**size, embedding_size=16, num_labels=2)), 5),
        "hf_electra_unprojected": save(lambda: TFElectraForSequenceClassification(
            ElectraConfig(**size, embedding_size=WIDTH, num_labels=2)), 6),
        "hf_albert": save(lambda: TFAlbertForSequenceClassification(AlbertConfig(**size, embedding_size=16, num_labels=3)), 7),
        "hf_functional": functional(9),
        "hf_bert_int64": save(lambda: TFBertForSequenceClassification(BertConfig(**size, num_labels=2)), 10, served=wide),
        "hf_mean": mean(11),
        # positions are counted from the ids, after that of padding, which is 1
        "hf_roberta": save(lambda: TFRobertaForSequenceClassification(RobertaConfig(**wider, type_vocab_size=1, num_labels=2)), 18),
        "mixed_hf_bert": save(lambda: TFBertForSequenceClassification(BertConfig(**size, num_labels=2)), 8, "mixed_float16"),
        "mixed_hf_bert_float32": save(lambda: TFBertForSequenceClassification(BertConfig(**size, num_labels=2)), 8),
    }


def keras_hub(np, tf):
    import keras, keras_hub as hub
    size = dict(num_layers=LAYERS, num_heads=HEADS, hidden_dim=WIDTH, intermediate_dim=INNER, max_sequence_length=LENGTH + 8)

    def save(make, seed, segments=True, length=LENGTH, policy="float32", masked=False, padding=0):
        """The mask is made of the ids, as KerasHub's preprocessors do, unless it is an input."""
        def to(path):
            keras.config.set_dtype_policy(policy)
            model = make()
            keras.config.set_dtype_policy("float32")
            fill(np, model, seed)

            def answer(**inputs):
                return {"scores": tf.cast(model({"padding_mask": inputs["token_ids"] != padding, **inputs}, training=False), tf.float32)}

            served = tf.Module()
            served.values = [w.value for w in model.variables]
            names = ["token_ids"] + ["segment_ids"] * segments + ["padding_mask"] * masked
            served.serve = tf.function(
                lambda *values: answer(**dict(zip(names, values))),
                input_signature=[tf.TensorSpec([None, length], tf.int32, name=n) for n in names])
            tf.saved_model.save(served, path, signatures=served.serve)
        return to

    def head(backbone, pooled="pooled_output"):
        inputs = backbone.input
        states = backbone(inputs)
        x = states[pooled] if isinstance(states, dict) else states[:, 0, :]
        return keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))

    m = hub.models
    def mean(kind):
        backbone = kind(vocabulary_size=VOCABULARY, **size)
        inputs = backbone.input
        states = backbone(inputs)
        states = states["sequence_output"] if isinstance(states, dict) else states
        return keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(states, mask=inputs["padding_mask"]))

    def largest():
        """As TextEmbedder of KerasHub 0.32 with pooling_mode="max"."""
        backbone = m.BertBackbone(vocabulary_size=VOCABULARY, **size)
        inputs = backbone.input
        states, mask = backbone(inputs)["sequence_output"], keras.ops.expand_dims(inputs["padding_mask"], -1)
        return keras.Model(inputs, keras.ops.max(keras.ops.where(keras.ops.cast(mask, "bool"), states, float("-inf")), axis=1))

    def recurrent():
        """A loop that reads its variables itself."""
        backbone = m.BertBackbone(vocabulary_size=VOCABULARY, **size)
        inputs = backbone.input
        read = keras.layers.Bidirectional(keras.layers.LSTM(8))(backbone(inputs)["sequence_output"], mask=inputs["padding_mask"])
        return keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(read))

    def lora():
        model = bert()
        model.backbone.enable_lora(4)
        return model

    bert = lambda: m.BertTextClassifier(
        backbone=m.BertBackbone(vocabulary_size=VOCABULARY, **size), num_classes=2, preprocessor=None, activation="softmax")
    return {
        "kerashub_bert": save(bert, 11),
        # as long as wide: no size tells which of the two it is
        "kerashub_bert_square": save(bert, 12, length=WIDTH),
        "kerashub_distilbert": save(lambda: m.DistilBertTextClassifier(
            backbone=m.DistilBertBackbone(vocabulary_size=VOCABULARY, **size), num_classes=3, preprocessor=None), 13, segments=False),
        "kerashub_electra": save(lambda: head(m.ElectraBackbone(vocab_size=VOCABULARY, embedding_dim=16, **size)), 14),
        "kerashub_albert": save(lambda: head(m.AlbertBackbone(vocabulary_size=VOCABULARY, embedding_dim=16, **size)), 15),
        "kerashub_mean": save(lambda: mean(m.BertBackbone), 17),
        "kerashub_selected_mean": save(lambda: mean(m.BertBackbone), 24),
        "kerashub_max": save(largest, 25),
        "kerashub_roberta_mean": save(lambda: mean(m.RobertaBackbone), 23, segments=False, padding=1),
        "kerashub_roberta": save(lambda: m.RobertaTextClassifier(
            backbone=m.RobertaBackbone(vocabulary_size=VOCABULARY, **size), num_classes=3, preprocessor=None), 20, segments=False, masked=True),
        "kerashub_bert_lora": save(lora, 22),
        "mixed_kerashub_bert": save(bert, 16, policy="mixed_float16"),
        "mixed_kerashub_bert_float32": save(bert, 16),
        "mixed_kerashub_lstm": save(recurrent, 26, policy="mixed_float16"),
        "mixed_kerashub_lstm_float32": save(recurrent, 26),
    }


def official(np, tf):
    from official.nlp.configs import encoders
    from official.nlp.tools import export_tfhub_lib as ex
    import tensorflow_hub as hub
    keras = tf.keras

    def save(seed, policy="float32"):
        """The tutorial's classifier, upon token ids."""
        def to(path):
            keras.mixed_precision.set_global_policy(policy)
            config = encoders.EncoderConfig(type="bert")
            e = config.get()
            e.vocab_size = VOCABULARY; e.hidden_size = WIDTH; e.num_layers = LAYERS; e.num_attention_heads = HEADS
            e.intermediate_size = INNER; e.max_position_embeddings = LENGTH
            core, _ = ex._create_model(encoder_config=config, with_mlm=False)
            fill(np, core, seed)
            work = tempfile.mkdtemp()
            core.save(work, include_optimizer=False, save_format="tf")
            ins = {n: keras.layers.Input(shape=(LENGTH,), dtype=tf.int32, name=n)
                   for n in ("input_word_ids", "input_mask", "input_type_ids")}
            x = hub.KerasLayer(work, trainable=True)(ins)["pooled_output"]
            model = keras.Model(ins, keras.layers.Dense(1, activation="sigmoid", name="classifier", dtype="float32")(x))
            source = np.random.default_rng(seed)
            for w in model.layers[-1].weights: w.assign(np.round(source.standard_normal(w.shape) * 8) / 16)
            model.save(path, include_optimizer=False, save_format="tf")
            shutil.rmtree(work)
            keras.mixed_precision.set_global_policy("float32")
        return to

    return {
        "mixed_official_bert": save(21, "mixed_float16"),
        "mixed_official_bert_float32": save(21),
        "mixed_official_bert_bfloat16": save(21, "mixed_bfloat16"),
    }


def goldens(np, tf, path):
    """Rows of several lengths, padded to the length of the signature."""
    loaded = tf.saved_model.load(path)
    served = loaded.signatures["serving_default"]
    names = served.structured_input_signature[1]
    source = np.random.default_rng(5)
    rows = []
    for n in (3, LENGTH - 9, 5, 12, 17, 4, 20, 7):
        second = int(source.integers(2, n + 1))
        rows.append(([2] + source.integers(5, VOCABULARY, n - 2).tolist() + [3], second))
    # a text may contain the token of padding
    if "roberta" in path:
        rows = [ids[:2] + [1] * (len(ids) > 9) + ids[2:] for ids, _ in rows]
        rows = [(ids, len(ids)) for ids in rows]
    length = next(iter(names.values())).shape[1] or LENGTH
    pad = lambda values, padding=0: values + [padding] * (length - len(values))
    feed = {
        "ids": [pad(ids, int("roberta" in path)) for ids, _ in rows],
        "mask": [pad([1] * len(ids)) for ids, _ in rows],
        "types": [pad([0] * second + [1] * (len(ids) - second)) for ids, second in rows],
    }
    roles = {n: "mask" if "mask" in n else "types" if "type" in n or "segment" in n else "ids" for n in names}
    answers = served(**{n: tf.constant(feed[roles[n]], names[n].dtype) for n in names})
    with open(f"{path}/goldens.jsonl", "w") as f:
        for i, (ids, second) in enumerate(rows):
            outputs = {n: [float("%.8g" % v) for v in a.numpy()[i].astype(float).ravel()] for n, a in sorted(answers.items())}
            f.write(json.dumps({"ids": ids, "second": second, "outputs": outputs}, separators=(",", ":")) + "\n")


if __name__ == "__main__": main()
