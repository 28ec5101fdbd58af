"""Writes random texts and the ids TensorFlow Text gives them: the goldens/random-*.jsonl.xz.

Usage: make_random.py VOCABULARIES SEED COUNT OUT [CODE_POINTS] (then: xz -9e OUT/*). tensorflow and -text 2.18.1; for
random-fast-*-221 tensorflow-cpu 2.21.0 and -text 2.21.1. VOCABULARIES holds vocab_uncased.txt, vocab_cased.txt and
30k-clean.model; rows are cut to 64 ids. CODE_POINTS is a file of lines that begin with a code point, as
goldens/codepoints-221.txt; one of ten is of them.
"""
import json
import pathlib
import random
import sys
import tensorflow as tf
import tensorflow_text as text

# Marks that move, parts that compose, spaces of all kinds, surrogates, symbols a model takes whole
RESTLESS = [int(point, 16) for point in """
302e 302f 1b44 1baa a953 1734 16ff0 16ff1 1d165 1d16d 34f ad 200d 200b 300 301 345 323 9c7 9be 9d7
b47 b3e 1100 1161 11a8 ac00 ac01 d800 dc00 dfff 0 9 a b 85 a0 2028 3000 fffd feff 130 131 1c4 3a3 3c2
df 1e9e 149 fb01 fdfa 2172 2034 1f600 2581 5f 28 29 22 2d 2e 2013 a3 20ac 180f 1abf 11938 1e08f e0001
10ffff fffe 61 41 20 20 23 5b 1133e 11347 114b9 1b35 94d e31 3099 304b 2e52 2e5d""".split()]

# The patterns of KerasHub 0.19 to 0.32, keras_hub/src/tokenizers/word_piece_tokenizer.py
CJK = "|".join(rf"[\x{{{first}}}-\x{{{last}}}]" for first, last in (
    ("4E00", "9FFF"), ("3400", "4DBF"), ("20000", "2A6DF"), ("2A700", "2B73F"), ("2B740", "2B81F"),
    ("2B820", "2CEAF"), ("F900", "FAFF"), ("2F800", "2FA1F")))
KEPT = r"[!-/]|[:-@]|[\[-`]|[{-~]|[\p{P}]|" + CJK


def code_point(source, chosen):
    if chosen and source.random() < 0.1:
        return source.choice(chosen)
    kind = source.random()
    if kind < 0.3:
        return source.randrange(32, 127)
    if kind < 0.6:
        return source.choice(RESTLESS)
    if kind < 0.8:
        return source.randrange(0x80, 0x3400)
    return source.randrange(0x110000)


def random_text(source, chosen):
    if source.random() < 0.1:
        return "".join(source.choice("abcdeфдй漢é́ ") for _ in range(source.randrange(20, 120)))
    points = [chr(code_point(source, chosen)) for _ in range(source.randrange(1, 40))]
    # Halves of a pair that met by chance are a pair
    return "".join(points).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def main(vocabularies, seed, count, out, chosen=()):
    source = random.Random(seed)
    texts = [random_text(source, chosen) for _ in range(count)]
    encoded = tf.constant([t.encode("utf-8", "surrogatepass") for t in texts])

    def write(name, rows, start, end):
        with open(out / f"random-{name}.jsonl", "w") as file:
            for t, ids in zip(texts, rows.to_list()):
                file.write(json.dumps({"text": t, "ids": [start, *ids[:62], end]}, separators=(",", ":")) + "\n")

    for name, lower in (("uncased", True), ("cased", False)):
        path = vocabularies / f"vocab_{name}.txt"
        classic = text.BertTokenizer(str(path), lower_case=lower, token_out_type=tf.int32)
        write(name, classic.tokenize(encoded).merge_dims(-2, -1), 101, 102)
        tokens = path.read_text(encoding="utf-8").split("\n")[:-1]
        fast = text.FastBertTokenizer(tokens, lower_case_nfd_strip_accents=lower, token_out_type=tf.int32)
        write(f"fast-{name}", fast.tokenize(encoded), 101, 102)
        words = text.regex_split(
            tf.strings.regex_replace(encoded, CJK, r" \0 "), rf"(\s|\p{{Cc}}|\p{{Cf}}|{KEPT})", f"({KEPT})")
        single = text.FastWordpieceTokenizer(tokens, no_pretokenization=True, token_out_type=tf.int32)
        words = text.case_fold_utf8(words) if lower else words
        write(f"words-{name}", single.tokenize(words).merge_dims(-2, -1), 101, 102)
    model = text.SentencepieceTokenizer((vocabularies / "30k-clean.model").read_bytes())
    stripped = tf.strings.regex_replace(text.normalize_utf8(encoded, "NFD"), r"\p{Mn}", "")
    write("albert", model.tokenize(text.case_fold_utf8(stripped)), 2, 3)
    write("albert-kept", model.tokenize(encoded), 2, 3)


chosen = [int(line.split()[0], 16) for name in sys.argv[5:] for line in open(name)]
main(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), pathlib.Path(sys.argv[4]), chosen)
