"""How far the answers of peers are from the original's."""
import math
import statistics


def move(answers, expected, labels):
    """Of the numbers of all rows, which begin again where expected ends: how far they moved. Of the first of these
    rows: how many decide otherwise than expected, and how many as their labels say."""
    numbers = sorted(abs(a - b) for row, answer in enumerate(answers)
                     for a, b in zip(answer, expected[row % len(expected)], strict=True))
    decided = [decision(answer) for answer in answers[:len(expected)]]
    moved = {"mean": statistics.fmean(numbers), "p99": numbers[math.ceil(0.99 * len(numbers)) - 1], "largest": numbers[-1],
             "flips": sum(mine != decision(theirs) for mine, theirs in zip(decided, expected)), "rows": len(decided)}
    if labels:
        moved["accuracy"] = statistics.fmean(mine == label for mine, label in zip(decided, labels))
    return moved


def decision(answer):
    """Whether the one number is over a half, or the place of the largest."""
    return int(answer[0] > 0.5) if len(answer) == 1 else max(range(len(answer)), key=answer.__getitem__)


def over_rounds(group, workload, peer):
    """The mean of the means, and of everything else the worst round; None where nothing is compared."""
    moves = [done["move"] for done in group["rounds"]
             if done["workload"] == workload and done["peer"] == peer and "move" in done]
    if not moves:
        return None
    worst = {key: (min if key == "accuracy" else max)(one[key] for one in moves) for key in moves[0]}
    return worst | {"mean": statistics.fmean(one["mean"] for one in moves)}
