"""Writes what TensorFlow Text compiles a vocabulary and its normalizers to: the resources of FastWordPieceModelTest.

Usage: make_fast_models.py VOCABULARY OUT (then: xz -9e OUT/*). tensorflow and -text 2.18.1; for plain_221 and lower_221,
which are its plain and lower, tensorflow-cpu 2.21.0 and tensorflow-text 2.21.1.
VOCABULARY is vocab_uncased.txt, of which every 20th token is taken.
"""
import pathlib
import sys
from tensorflow_text.core.pybinds import pywrap_fast_bert_normalizer_model_builder as normalizers
from tensorflow_text.core.pybinds import pywrap_fast_wordpiece_tokenizer_model_builder as wordpieces

tokens = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")[:-1][0::20]
tokens += ["[UNK]", "unk", "...", "##\u4e2d", "#", "##", "\u4e2d", "\U0001d54f\U0001d550", "##\u0301"]
tokens = list(dict.fromkeys(tokens))
out = pathlib.Path(sys.argv[2])


def write(name, unknown="[UNK]", most_bytes=100, indicator="##", single_words=False, named=False):
    model = wordpieces.build_fast_wordpiece_model(tokens, most_bytes, indicator, unknown, single_words, named)
    (out / f"{name}.fb").write_bytes(model)


(out / "tokens.txt").write_text("".join(t + "\n" for t in tokens), encoding="utf-8")
write("plain")
write("named", named=True, most_bytes=50)
write("plain_unknown", unknown="unk")
write("single_words", single_words=True)
write("other_indicator", indicator="@@")
write("short_words", most_bytes=3)
(out / "lower.fb").write_bytes(normalizers.build_fast_bert_normalizer_model(True))
(out / "kept.fb").write_bytes(normalizers.build_fast_bert_normalizer_model(False))
