"""PyArrow and fastavro read what `bertserve predict` writes, and it reads what they write."""

import datetime
import decimal
import subprocess
import tempfile

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq

BERTSERVE = "server/target/bertserve/bin/bertserve"
MODEL = "server/target/bertserve/model/sentiment"
ROWS = 3000
PART = ROWS // 4  # a file for each codec

texts = [f"film {i}" for i in range(ROWS)]
days = [datetime.date(2024, 2, 29) if i % 2 else None for i in range(ROWS)]
prices = [decimal.Decimal(i - 7).scaleb(-9) for i in range(ROWS)]
tags = [["a", str(i)] for i in range(ROWS)]
columns = ["--column", "review", "--key", "id", "--key", "day", "--key", "price", "--key", "tags"]


def predict(source, target, *flags):
    command = [BERTSERVE, "predict", MODEL, source, "--output", target, "--precision", "fp32", *flags]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr


def check(rows):
    assert len(rows) == ROWS
    for i, row in enumerate(rows):
        assert row["id"] == i and row["day"] == days[i] and row["price"] == prices[i] and row["tags"] == tags[i], row
        assert 0 <= row["classifier"] <= 1, row


with tempfile.TemporaryDirectory() as folder:
    table = pa.table({
        "id": pa.array(range(ROWS), pa.int64()),
        "review": texts,
        "day": pa.array(days, pa.date32()),
        "price": pa.array(prices, pa.decimal128(38, 9)),
        "tags": pa.array(tags, pa.list_(pa.string())),
        "at": pa.array([datetime.datetime(2024, 1, 1)] * ROWS, pa.timestamp("ns")),
    })
    for number, codec in enumerate(["snappy", "gzip", "zstd", "none"]):
        part = table.slice(number * PART, PART)
        pq.write_table(part, f"{folder}/in-{number}.parquet", compression=codec, row_group_size=300, use_deprecated_int96_timestamps=codec == "snappy")
    predict(f"{folder}/in-*.parquet", f"{folder}/out.parquet", *columns)
    check(pq.read_table(f"{folder}/out.parquet").to_pylist())

    schema = {"type": "record", "name": "Root", "fields": [
        {"name": "id", "type": ["null", "long"]},
        {"name": "review", "type": ["null", "string"]},
        {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}]},
        {"name": "price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 9}]},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
    ]}
    records = [dict(zip(["id", "review", "day", "price", "tags"], row)) for row in zip(range(ROWS), texts, days, prices, tags)]
    for number, codec in enumerate(["snappy", "deflate", "zstandard", "null"]):
        with open(f"{folder}/in-{number}.avro", "wb") as file:
            fastavro.writer(file, schema, records[number * PART:][:PART], codec=codec)
    predict(f"{folder}/in-*.avro", f"{folder}/out.avro", *columns)
    with open(f"{folder}/out.avro", "rb") as file:
        check(list(fastavro.reader(file)))
print("files: PyArrow's Parquet and fastavro's Avro, in and out")
