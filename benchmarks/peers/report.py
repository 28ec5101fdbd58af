"""Tables and a plot of what compare.py measured."""
import json
import os
import statistics
from xml.sax.saxutils import escape

import accuracy

TITLES = {"full": "rows of full length, requests of 64", "reviews": "the text file in order, requests of 64",
          "one32": "one row of 32 tokens alone", "one128": "one row of full length alone"}
ROW, PANEL_WIDTH, LABEL, HEAD, BESIDE = 17, 560, 120, 26, 220


def write(folder, result):
    os.makedirs(folder, exist_ok=True)
    for name, text in (("peers.json", json.dumps(result, indent=1)), ("peers.md", markdown(result)), ("peers.svg", svg(result))):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text + "\n")


def rates(group, workload, peer):
    return [done["rows_per_second"] for done in group["rounds"]
            if done["workload"] == workload and done["peer"] == peer]


def by_round(group, workload, peer):
    return {done["round"]: done["rows_per_second"] for done in group["rounds"]
            if done["workload"] == workload and done["peer"] == peer}


def same_round_ratios(group, first):
    """By workload and peer: the first peer's rate over the other's, round by round."""
    ratios = {}
    for workload in TITLES:
        mine = by_round(group, workload, first)
        for peer in group["peers"]:
            theirs = by_round(group, workload, peer)
            found = [mine[number] / theirs[number] for number in sorted(mine.keys() & theirs.keys())]
            if found and peer != first:
                ratios[workload, peer] = found
    return ratios


def markdown(result):
    machine = result["machine"]
    flags = ", ".join(name for name, there in machine["flags"].items() if there)
    lines = [
        f"Model `{result['model']}`, commit {result['commit']}, {result['started']}, {result['rounds']} rounds in turns after a "
        f"warm-up round, {result['minutes']} minutes.", "",
        f"Machine: {machine['cpu']} (family {machine['family']}, model {machine['model']}), {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, Linux {machine['kernel']}; {flags}. "
        + " ".join(f"Busy before the {name} rounds: {group['busy_before']:.0%}." for name, group in result["groups"].items()),
        ""]
    for name, group in result["groups"].items():
        lines += [f"### {name}", ""]
        for workload, title in TITLES.items():
            lines += table(group, workload, title)
        lines += notes(group)
    return "\n".join(lines)


def table(group, workload, title):
    first = next((peer for peer in group["peers"]), None)
    shown = [peer for peer in group["peers"] if rates(group, workload, peer)]
    if not shown:
        return []
    alone = workload.startswith("one")
    unit = "ms a row" if alone else "rows/s"
    ratios = same_round_ratios(group, first)
    labelled = any("accuracy" in done.get("move", ()) for done in group["rounds"])
    heads = ["mean move", "p99", "largest", "flips", *(["accuracy"] if labelled else [])]
    lines = [f"**{title}** ({workload})", "",
             f"| peer | {unit}: min | median | max | rows a round | {first}'s rate to it: medians | same round | "
             f"largest move here | on reviews: {' | '.join(heads)} |", "|---" * (8 + len(heads)) + "|"]
    for peer in shown:
        values = rates(group, workload, peer)
        cells = [1000 / rate for rate in values] if alone else values
        done = [one for one in group["rounds"] if one["workload"] == workload and one["peer"] == peer]
        medians, same = "", ""
        if (workload, peer) in ratios:
            pairs = ratios[workload, peer]
            medians = f"{statistics.median(rates(group, workload, first)) / statistics.median(values):.2f}"
            same = f"{min(pairs):.2f} to {max(pairs):.2f}"
        moved = accuracy.over_rounds(group, workload, peer)
        too_far = "" if all(one.get("right", True) for one in done) else ", too far"
        largest = f"{moved['largest']:.2g}{too_far}" if moved else ""
        lines.append(f"| {peer} | {number(min(cells))} | {number(statistics.median(cells))} | {number(max(cells))} | "
                     f"{done[0]['rows']} | {medians} | {same} | {largest} | {' | '.join(on_reviews(group, peer, len(heads)))} |")
    return lines + [""]


def on_reviews(group, peer, columns):
    """The same in every table, so that accuracy stands beside each speed."""
    moved = accuracy.over_rounds(group, "reviews", peer)
    if moved is None:
        return [""] * columns
    return [*(f"{moved[key]:.2g}" for key in ("mean", "p99", "largest")), f"{moved['flips']} of {moved['rows']}",
            *([f"{moved['accuracy']:.2%}"] if "accuracy" in moved else [])]


def notes(group):
    lines = []
    for peer, about in group["peers"].items():
        facts = ", ".join(f"{key} {value}" for key, value in about.items() if key not in ("chosen", "tried"))
        lines.append(f"- {peer}: {facts}." + chosen(about))
        full = rates(group, "full", peer)
        if "gflop_per_row" in about and full:
            lines.append(f"- Ceiling: {statistics.median(full) * about['gflop_per_row']:.0f} GF/s (median) on the encoder's own "
                         f"matrix products, {about['gflop_per_row']:.2f} GF a row of full length.")
    lines += [f"- {peer} could not be measured: {reason}" for peer, reason in group["failed"].items()]
    return lines + [""]


def chosen(about):
    if "chosen" not in about:
        return ""
    return " Fastest with " + "; ".join(
        f"{one['streams']} x {one['threads']} threads" + ("" if workload.startswith("one") else f", tiles of {one['tile_tokens']} tokens")
        + f" ({workload})" for workload, one in about["chosen"].items()) + "."


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def svg(result):
    """A column a group, a panel a workload, a bar a peer: the median, with a line from min to max."""
    columns = []
    for place, (name, group) in enumerate(result["groups"].items()):
        parts, y = [], HEAD
        parts.append(text(place * PANEL_WIDTH + 8, 16, name, "weight"))
        for workload, title in TITLES.items():
            shown = [peer for peer in group["peers"] if rates(group, workload, peer)]
            if shown:
                panel, y = bars(group, workload, title, shown, place * PANEL_WIDTH, y)
                parts += panel
        columns.append((parts, y))
    width, height = PANEL_WIDTH * len(columns), max((y for _, y in columns), default=HEAD)
    return drawing(width, height, (line for parts, _ in columns for line in parts))


def drawing(width, height, parts):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>', *parts, "</svg>"])


def bars(group, workload, title, shown, x, y):
    alone = workload.startswith("one")
    values = {peer: [1000 / rate if alone else rate for rate in rates(group, workload, peer)] for peer in shown}
    scale = (PANEL_WIDTH - LABEL - BESIDE) / max(max(one) for one in values.values())
    lines = [text(x + 8, y + 14, f"{title}, {'ms a row (less is better)' if alone else 'rows/s'}", "title")]
    y += 20
    for peer, cells in values.items():
        middle = statistics.median(cells)
        colour = "#1a6" if peer.startswith("bertserve") else "#bbb" if peer == "matmuls" else "#579"
        start = x + LABEL
        lines += [
            text(start - 6, y + 12, peer, "end"),
            f'<rect x="{start}" y="{y + 2}" width="{middle * scale:.1f}" height="{ROW - 4}" fill="{colour}"/>',
            f'<path d="M{start + min(cells) * scale:.1f} {y + ROW / 2}H{start + max(cells) * scale:.1f}" stroke="#000"/>',
            text(start + max(cells) * scale + 5, y + 12, number(middle) + beside(group, peer), "")]
        y += ROW
    return lines, y + 10


def beside(group, peer):
    moved = accuracy.over_rounds(group, "reviews", peer)
    return f"; moves by {moved['mean']:.2g}, {moved['flips']} of {moved['rows']} flip" if moved else ""


def text(x, y, words, kind):
    style = {"end": ' text-anchor="end"', "weight": ' font-weight="bold" font-size="14"', "title": ' fill="#444"'}.get(kind, "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{style}>{escape(words)}</text>'
