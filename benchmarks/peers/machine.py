"""The machine that a comparison runs on, as Linux tells it."""
import os
import platform
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def facts():
    """What the figures depend on."""
    cpu = {}
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.partition(":")
            cpu.setdefault(key.strip(), value.strip())
    flags = set(cpu.get("flags", "").split())
    with open("/proc/meminfo", encoding="utf-8") as lines:
        memory = int(lines.readline().split()[1]) * 1024
    return {"cpu": cpu.get("model name", platform.processor()), "family": cpu.get("cpu family"), "model": cpu.get("model"),
            "cores": len(os.sched_getaffinity(0)), "memory_gb": round(memory / 1e9, 1), "kernel": platform.release(),
            "flags": {name: name in flags for name in
                      ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "amx_int8")}}


def has_bf16():
    flags = facts()["flags"]
    return flags["avx512_bf16"] or flags["amx_bf16"]


def commit():
    found = subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def busy_share(seconds):
    """How much of the processors others use while this waits."""
    def ticks():
        with open("/proc/stat", encoding="utf-8") as lines:
            values = [int(word) for word in lines.readline().split()[1:9]]
        return sum(values), values[3] + values[4]
    before, idle_before = ticks()
    time.sleep(seconds)
    after, idle_after = ticks()
    return 1 - (idle_after - idle_before) / max(1, after - before)


def memory_available():
    with open("/proc/meminfo", encoding="utf-8") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))


def resident_bytes(group):
    """Of all processes of one group."""
    pages = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                if int(file.read().rpartition(")")[2].split()[2]) != group:
                    continue
            with open(f"/proc/{pid}/statm", encoding="utf-8") as file:
                pages += int(file.read().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")
