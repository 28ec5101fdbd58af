"""Writes random texts, string ops and what TensorFlow makes of them: goldens/text-ops.jsonl.xz.

Usage: make_text_goldens.py SEED COUNT OUT (then: xz -9e OUT). Python 3.11, tensorflow 2.18.1, tensorflow-text 2.18.1.
A line is {"op", "arguments", "cases": [[text, result], ...]}; a string holds a byte a character. A result is a string,
a boolean, a number, or null where the op fails.
"""
import json
import os
import random
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf
import tensorflow_text as text

CASES = 20
RESTLESS = [int(point, 16) for point in """
302e 1b44 345 34f ad 200d 300 301 323 327 9c7 9be 1100 1161 11a8 ac00 d800 dc00 0 9 a b c d 1c 85 a0 2028 3000 feff
130 131 1c4 1c5 3a3 3a3 3c2 3c3 df 1e9e 149 fb01 fdfa 1f80 1f88 2160 24b6 212a 17f 212b e9 c9 430 410 4e2d f900 ff21
1f600 10400 10428 10570 10597 1e900 a7c2 a7c7 2c2f 2c5f 10ffff fffe ffff 31350 2ebf0 1df00 37a 3b1 2d 27 2e 3a 65
""".split()]
CLASSES = ["Any", "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
           "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cs", "Latin",
           "Greek", "Cyrillic", "Han", "Hangul", "Common", "Inherited", "Arabic", "Deseret", "Devanagari"]
NAMED = ["alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
         "word", "xdigit", "^alpha", "^space", "^word"]
ALPHABET = "aAbBkKsS01_- .,<>/@#xyzé"
REAL = [r"<[^>]+>", r"https?://\S+", r"\s+", r"[^a-zA-Z0-9 ]", r"@\w+", r"#(\w+)", r"&amp;", r"[\p{P}\p{S}]", r"\p{Mn}",
        r"^\s+|\s+$", r"(.)(?:.)", r"\b\d+\b", r"(?i)<br\s*/?>", r"[^\x{0}-\x{7F}]", r"\p{Cc}|\p{Cf}", r"[\s\S]", r"\d+",
        r"(?s).", r"[^\S\n]+", r"(\w+)\s+(\w+)", r"[\x{4E00}-\x{9FFF}]", r"'s\b", r"\.{2,}", r"[[:punct:]]", r"", r"$",
        r"(?m)^", r"(?m)$", r"\b", r"x*", r"(|a)+", r"(|a)*", r"(a|ab)(c|bcd)?", r"(a*)*", r"(a*)+", r"(?:a*?)(b?)",
        r"(?U)a+?b*", r"(?P<n>a)(b)?", r"\Qa.b\E+", r"\x41|\x{e9}|\101", r"[^]a]", r"[]a]", r"[a-]", r"(?i:k)s", r"(?i)[k-s]",
        r"(?i)\w", r"(?i)[^k]", r"(?i)\pL", r"(?i)[^\p{Lu}]", r"(?i)É", r"a{2,3}?", r"a{,2}", r"a{2", r"\pN+", r"\PL",
        r"\p{^Greek}", r"(?i)σ", r"\z", r"\A", r"(?i)ǆ", r"(?-s:.)", r"(?s:.)+", r"[\w.-]+@[\w-]+"]


def random_bytes(source):
    kind = source.random()
    if kind < 0.35:
        return "".join(source.choice(ALPHABET) for _ in range(source.randrange(0, 24))).encode()
    if kind < 0.5:
        return source.choice(["<br />Great & GOOD!! see http://a.b/c?d=1 \n now", "  It's @you #tag  10.5% ", "ΟΔΥΣΣΕΎΣ Σ ΑΣ.",
                              "aaabcd abab bcd", "a.b a.bb Ab", "k K\u212a s\u017fS", "\u01c4\u01c5\u01c6 \u03c2\u03c3\u03a3",
                              "e\u0301 \u00e9 \u00c9", "中文 abc漢"]).encode()
    points = []
    for _ in range(source.randrange(0, 16)):
        pick = source.random()
        points.append(source.randrange(32, 127) if pick < 0.35 else source.choice(RESTLESS) if pick < 0.75
                      else source.randrange(0x80, 0x3400) if pick < 0.9 else source.randrange(0x110000))
    # Halves of a pair that met by chance are a pair
    data = "".join(map(chr, points)).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    data = data.encode("utf-8", "surrogatepass")
    if kind > 0.9 and data:
        cut = source.randrange(len(data))
        data = data[cut:] if source.random() < 0.5 else data[:cut]
    return data


def random_class(source):
    kind = source.random()
    if kind < 0.25:
        return source.choice([r"\d", r"\D", r"\s", r"\S", r"\w", r"\W", "."])
    if kind < 0.5:
        return source.choice([r"\p{%s}", r"\P{%s}", r"\p{^%s}"]) % source.choice(CLASSES)
    members = "".join(source.choice(["a-f", "k", "S", r"\d", r"\s", r"\W", r"\S", "0-5", "-", r"\]", "é", r"\x{3b1}-\x{3c9}", "А-я",
                                     r"\p{%s}" % source.choice(CLASSES), r"\P{%s}" % source.choice(CLASSES),
                                     "[:%s:]" % source.choice(NAMED)]) for _ in range(source.randrange(1, 4)))
    return "[" + source.choice(["", "", "^"]) + members + "]"


def random_pattern(source, depth=0):
    kind = source.random()
    if depth > 3 or kind < 0.3:
        return source.choice(["a", "b", "k", "s", "ab", "é", "Σ", "<", r"\.", " ", r"\n", r"\x{1F600}", "x", "1", "_", r"\t"])
    if kind < 0.5:
        return random_class(source)
    if kind < 0.6:
        return source.choice(["^", "$", r"\b", r"\A", r"\z", "(?m)^", "(?m)$", ""])
    inner = random_pattern(source, depth + 1)
    if kind < 0.75:
        return inner + random_pattern(source, depth + 1)
    if kind < 0.83:
        return inner + "|" + random_pattern(source, depth + 1)
    group = source.choice(["(%s)", "(?:%s)", "(?i:%s)", "(?s:%s)", "(?U:%s)", "(?im:%s)", "(?P<g%d>%%s)" % source.randrange(10**6)]) % inner
    return group + source.choice(["", "*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}", "{0,3}?"])


def rewrite(source):
    return "".join(source.choice([" ", "", r"\0", r"\1", "x", r"\\", " \\0 ", "é", "<", r"\2"]) for _ in range(source.randrange(0, 3)))


def one(source):
    """An op's name, its arguments, and the function that TensorFlow runs."""
    ops = tf.raw_ops
    kind = source.random()
    if kind < 0.5:
        pattern = source.choice(REAL) if source.random() < 0.25 else random_pattern(source)
        if kind < 0.42:
            replacement, all_matches = rewrite(source), source.random() < 0.8
            return "RegexReplace", [pattern, replacement, str(all_matches).lower()], lambda x: ops.RegexReplace(
                input=x, pattern=pattern, rewrite=replacement, replace_global=all_matches)
        return "RegexFullMatch", [pattern], lambda x: ops.RegexFullMatch(input=x, pattern=pattern)
    if kind < 0.6:
        encoding = source.choice(["", "utf-8", "utf-8"])
        upper = source.random() < 0.5
        op = ops.StringUpper if upper else ops.StringLower
        return "StringUpper" if upper else "StringLower", [encoding], lambda x: op(input=x, encoding=encoding)
    if kind < 0.63:
        return "StringStrip", [], lambda x: ops.StringStrip(input=x)
    if kind < 0.72:
        first, most, unit = source.randrange(-6, 7), source.randrange(0, 9), source.choice(["BYTE", "UTF8_CHAR"])
        return "Substr", [str(first), str(most), unit], lambda x: ops.Substr(input=x, pos=first, len=most, unit=unit)
    if kind < 0.75:
        unit = source.choice(["BYTE", "UTF8_CHAR"])
        return "StringLength", [unit], lambda x: ops.StringLength(input=x, unit=unit)
    if kind < 0.83:
        separator, joint, most = source.choice(["", "", " ", ",", "a", "ab", "é"]), source.choice([" ", "", "_"]), source.choice([-1, -1, 0, 1, 2])
        return "StringSplit", [separator, str(most), joint], lambda x: tf.strings.reduce_join(
            tf.strings.split(x, separator or None, most), axis=-1, separator=joint)
    if kind < 0.88:
        errors, char, controls = source.choice(["replace", "ignore"]), source.choice([65533, 32, 233]), source.random() < 0.5
        return "UnicodeTranscode", ["UTF-8", "UTF-8", errors, str(char), str(controls).lower()], lambda x: ops.UnicodeTranscode(
            input=x, input_encoding="UTF-8", output_encoding="UTF-8", errors=errors, replacement_char=char,
            replace_control_characters=controls)
    if kind < 0.96:
        form = source.choice(["NFC", "NFD", "NFKC", "NFKD"])
        return "NormalizeUTF8", [form], lambda x: text.normalize_utf8(x, form)
    return "CaseFoldUTF8", [], lambda x: text.case_fold_utf8(x)


def result(run, data):
    try:
        value = run(tf.constant([data])).numpy()[0]
    except (tf.errors.InvalidArgumentError, UnicodeDecodeError):  # of a message that quotes the text
        return None
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value.item()


def main(seed, count, out):
    source = random.Random(seed)
    written = 0
    with open(out, "w") as file:
        while written < count:
            op, arguments, run = one(source)
            if op.startswith("Regex"):
                try:
                    run(tf.constant(["a"]))
                except tf.errors.InvalidArgumentError:
                    continue
            cases = []
            for _ in range(CASES):
                data = random_bytes(source)
                cases.append([data.decode("latin-1"), result(run, data)])
            arguments = [a.encode().decode("latin-1") for a in arguments]
            file.write(json.dumps({"op": op, "arguments": arguments, "cases": cases}, separators=(",", ":")) + "\n")
            written += CASES


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
