"""Makes the Hugging Face folders of src/test/resources/models/pairs.tar.xz: classifiers of one text or of two with the files of
their tokenizers, with the ids that the tokenizers give and what TensorFlow answers.

Those called ids_ are only tokenizers. Weights are random; vocabularies are cut from BERT's or learnt from the texts below.

  Python 3.11, tensorflow-cpu==2.18.1 tf-keras==2.18.0 transformers==4.46.3 tokenizers==0.20.3

Usage: make_pair_models.py OUT VOCABULARIES [NAME...]   (VOCABULARIES: BERT's published files)
       make_pair_models.py pack OUT FILE.tar.xz
"""
import json, os, random, shutil, sys, tempfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
from make_small_models import PAIRS, TEXTS, cut_vocabulary, pack

WORDS = [w for t in TEXTS for w in t.split()] + ["caf\u00e9", "\u4e2d\u6587", "\U0001f600", "a\u0301", "</s>", "[SEP]", "<mask>", "."]


def rows():
    """Texts alone, then pairs: of difficult texts, empty ones, and of every two lengths around half a row."""
    source = random.Random(3)
    words = lambda count: " ".join(source.choice(WORDS) for _ in range(count))
    for text in TEXTS: yield [text]
    yield from map(list, PAIRS)
    for text in ("", " ", "the film", words(60)):
        yield [text, ""]
        yield ["", text]
    for first in (0, 1, 2, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 40):
        for second in (1, 3, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 60):
            yield ["a " * first, "the " * second]
    for _ in range(150): yield [words(source.choice((1, 3, 6, 12, 40))), words(source.choice((1, 3, 6, 12, 40)))]


def main():
    out, vocabularies = sys.argv[1:3]
    if out == "pack": return pack(*sys.argv[2:4])
    os.makedirs(out, exist_ok=True)
    vocabulary = f"{tempfile.mkdtemp()}/vocab.txt"
    cut_vocabulary(f"{vocabularies}/vocab_uncased.txt", vocabulary)
    made = folders(vocabulary)
    for name in sys.argv[3:] or made:
        path = f"{out}/{name}"
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        made[name](path)
        for needless in ("keras_metadata.pb", "fingerprint.pb"):
            if os.path.exists(f"{path}/{needless}"): os.remove(f"{path}/{needless}")
        print(name, flush=True)


def folders(vocabulary):
    import numpy as np, tensorflow as tf, transformers as hf
    from tokenizers import ByteLevelBPETokenizer, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from make_library_models import HEADS, INNER, LAYERS, WIDTH, fill

    def bert(**options):
        return hf.BertTokenizerFast(vocabulary, **options)

    def byte_level(path, length):
        """As RobertaTokenizerFast saves it."""
        learnt = ByteLevelBPETokenizer()
        learnt.train_from_iterator(TEXTS, 400, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], show_progress=False)
        learnt.save_model(path)
        tokenizer = hf.RobertaTokenizerFast(f"{path}/vocab.json", f"{path}/merges.txt", model_max_length=length)
        for file in ("vocab.json", "merges.txt"): os.remove(f"{path}/{file}")
        return tokenizer

    def unigram(length):
        """As AlbertTokenizerFast has it, but for SentencePiece's compiled table of characters."""
        learnt = Tokenizer(models.Unigram())
        learnt.normalizer = normalizers.Sequence([
            normalizers.Replace("``", '"'), normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(),
            normalizers.Replace(Regex(" {2,}"), " ")])
        learnt.pre_tokenizer = pre_tokenizers.Metaspace()
        special = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
        learnt.train_from_iterator(TEXTS, trainers.UnigramTrainer(
            vocab_size=300, special_tokens=special, unk_token="<unk>", show_progress=False))
        learnt.post_processor = processors.TemplateProcessing(
            single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
        return hf.PreTrainedTokenizerFast(
            tokenizer_object=learnt, pad_token="<pad>", unk_token="<unk>", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]",
            model_max_length=length)

    def encoded(tokenizer, texts, length):
        """Lists, since text_pair="" of one row would not be a pair."""
        e = tokenizer(*[[t] for t in texts], truncation=True, max_length=length, return_token_type_ids=True)
        return e["input_ids"][0], e["token_type_ids"][0]

    def write(path, goldens):
        with open(f"{path}/goldens.jsonl", "w") as f:
            for golden in goldens: f.write(json.dumps(golden, separators=(",", ":")) + "\n")

    def inputs(texts):
        return dict(zip(("text", "text_pair"), texts))

    def classifier(make, tokenizer, length, seed, files=None):
        def to(path):
            tokens = tokenizer(path)
            model = make(len(tokens))
            model(model.dummy_inputs)
            fill(np, model, seed)
            work = tempfile.mkdtemp()
            model.save_pretrained(work, saved_model=True)
            shutil.copytree(f"{work}/saved_model/1", path, dirs_exist_ok=True)
            tokens.save_pretrained(work)
            for file in files or ("tokenizer.json", "tokenizer_config.json", "config.json"): shutil.copy(f"{work}/{file}", path)
            shutil.rmtree(work)
            served = tf.saved_model.load(path).signatures["serving_default"]
            names = served.structured_input_signature[1]
            known = []
            for texts in rows():
                ids, types = encoded(tokens, texts, length)
                given = {"input_ids": ids, "attention_mask": [1] * len(ids), "token_type_ids": types}
                answer = served(**{n: tf.constant([given[n]], names[n].dtype) for n in names})
                known.append({"inputs": inputs(texts), "ids": ids, "types": types,
                              "outputs": {n: [float("%.8g" % v) for v in a.numpy()[0].ravel()] for n, a in answer.items()}})
            write(path, known)
        return to

    def tokenizer_only(make, length, **truncation):
        """Ids by the strategy in tokenizer.json; null where it says that a row cannot be cut."""
        def to(path):
            tokens = make()
            if truncation: tokens.backend_tokenizer.enable_truncation(length, **truncation)
            tokens.save_pretrained(path)
            for file in os.listdir(path):
                if file not in ("tokenizer.json", "tokenizer_config.json"): os.remove(f"{path}/{file}")
            alone = Tokenizer.from_file(f"{path}/tokenizer.json")
            known = []
            for texts in rows():
                if not truncation:
                    ids, types = encoded(tokens, texts, length)
                else:
                    try: e = alone.encode(*texts)
                    except BaseException as failure:
                        if "Truncation error" not in str(failure): raise
                        e = None
                    ids, types = (e.ids, e.type_ids) if e else (None, None)
                known.append({"inputs": inputs(texts), "ids": ids, "types": types})
            write(path, known)
        return to

    size = dict(hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS, intermediate_size=INNER, num_labels=3)
    distil = dict(dim=WIDTH, n_layers=LAYERS, n_heads=HEADS, hidden_dim=INNER, num_labels=2)
    return {
        "bert": classifier(
            lambda v: hf.TFBertForSequenceClassification(hf.BertConfig(vocab_size=v, max_position_embeddings=40, **size)),
            lambda path: bert(model_max_length=24), 24, 1, ("vocab.txt", "tokenizer_config.json", "config.json")),
        "distilbert": classifier(
            lambda v: hf.TFDistilBertForSequenceClassification(hf.DistilBertConfig(vocab_size=v, max_position_embeddings=31, **distil)),
            lambda path: hf.DistilBertTokenizerFast(vocabulary), 31, 2),
        # two positions are before the first
        "roberta": classifier(
            lambda v: hf.TFRobertaForSequenceClassification(
                hf.RobertaConfig(vocab_size=v, max_position_embeddings=31 + 2, type_vocab_size=1, **size)),
            lambda path: byte_level(path, 512), 31, 3),
        "ids_unigram": tokenizer_only(lambda: unigram(28), 28),
        "ids_only_first": tokenizer_only(bert, 25, strategy="only_first"),
        "ids_only_second": tokenizer_only(bert, 26, strategy="only_second"),
        "ids_left": tokenizer_only(bert, 27, direction="left"),
    }


if __name__ == "__main__": main()
