"""Times TensorFlow Text's own BERT preprocessing on one core, in batches, as a SavedModel runs it.

Usage: taskset -c 0 python tokenize_tftext.py SENTENCES.txt VOCABULARY.txt (tensorflow-text 2.18.1)
"""
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
import tensorflow_text as text

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
BATCH, LENGTH, ROUNDS = 64, 128, 5

with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
    sentences = file.read().splitlines()
batches = [tf.constant(sentences[i:i + BATCH]) for i in range(0, len(sentences), BATCH)]


def report(name, function):
    function(batches[0])
    rates, tokens = [], 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        tokens = sum(int(function(batch).flat_values.shape[0]) for batch in batches)
        rates.append(len(sentences) / (time.perf_counter() - start))
    rates.sort()
    print(f"{name}: texts/s min {rates[0]:.0f} median {rates[ROUNDS // 2]:.0f} max {rates[-1]:.0f},"
          f" {1e6 / rates[ROUNDS // 2]:.1f} us a text, {tokens / len(sentences):.1f} tokens a text")


classic = text.BertTokenizer(sys.argv[2], lower_case=True, token_out_type=tf.int32)
signature = [tf.TensorSpec([None], tf.string)]
trimmer = text.RoundRobinTrimmer(LENGTH - 2)


@tf.function(input_signature=signature)
def classic_ids(strings):
    return trimmer.trim([classic.tokenize(strings).merge_dims(-2, -1)])[0]


report("classic operations", classic_ids)
with open(sys.argv[2], encoding="utf-8") as file:
    fast = text.FastBertTokenizer(file.read().split("\n")[:-1], lower_case_nfd_strip_accents=True,
                                  token_out_type=tf.int32)


@tf.function(input_signature=signature)
def fast_ids(strings):
    return trimmer.trim([fast.tokenize(strings)])[0]


report("fast operations", fast_ids)
