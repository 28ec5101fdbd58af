"""Writes what TensorFlow Text's operations make of every code point: the golden of CodepointTableTest.

Usage: make_codepoints.py OUT.txt (then: xz -9e OUT.txt). tensorflow 2.18.1, tensorflow-text 2.18.1; for codepoints-221
tensorflow-cpu 2.21.0, tensorflow-text 2.21.1, and only the lines that codepoints.txt lacks (grep -vxFf).
A line is: code point, kind, fast kind, folded, stripped; kinds are w(ord), s(pace), a(lone), m(ark).
folded is fold, NFD, without Mn; stripped is NFD, without Mn, fold; "=" is the code point itself.
Code points of kinds w and w that stay themselves have no line, and neither have surrogates.
"""
import sys
import tensorflow as tf
import tensorflow_text as text
from tensorflow_text.python.ops import bert_tokenizer as bert

points = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
encoded = [chr(c).encode() for c in points]
inputs = tf.constant(encoded)


def without(pattern, strings):
    return tf.strings.regex_replace(strings, pattern, "")


def matches(pattern):
    return without(pattern, inputs).numpy() == b""


fold, nfd = text.case_fold_utf8, lambda strings: text.normalize_utf8(strings, "NFD")
folded = without(r"\p{Mn}", nfd(fold(inputs))).numpy()
stripped = fold(without(r"\p{Mn}", nfd(inputs))).numpy()
mark, control = matches(r"\p{Mn}"), matches(r"\p{Cc}|\p{Cf}")
delimiter = matches(bert._DELIM_REGEX_PATTERN)
alone = matches(bert._KEEP_DELIM_NO_WHITESPACE_PATTERN)
fast = text.FastWordpieceTokenizer(["[UNK]", "x", "##x"], token_out_type=tf.string)
fast_pieces = [len(row) for row in fast.tokenize(tf.constant([b"x" + e + b"x" for e in encoded])).to_list()]
fast_pieces[points.index(ord("x"))] = 1
with open(sys.argv[1], "w") as out:
    for i, point in enumerate(points):
        kind = "m" if mark[i] else "a" if alone[i] else "s" if control[i] or delimiter[i] else "w"
        fast_kind = {1: "w", 2: "s", 3: "a"}[fast_pieces[i]]
        fast_kind = "s" if control[i] else "m" if mark[i] else fast_kind
        forms = ["=" if form == encoded[i] else form.hex() or "-" for form in (folded[i], stripped[i])]
        if (kind, fast_kind, *forms) != ("w", "w", "=", "="):
            print(f"{point:x}", kind, fast_kind, *forms, file=out)
