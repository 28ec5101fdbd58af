"""The plot of how far the answers of peers are from the original's, against speed."""
import math
import os
import statistics

import accuracy
import report

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 780, 420, 60, 30, 150, 42


def system(peer, precision):
    """Its name on the plot, the same in each group that it runs in."""
    return peer if peer.startswith(precision) else f"{peer.removesuffix('-' + precision)} {precision}"


def write(folder, result):
    points = {}  # of a system in two groups the later one: the int8 group has precisions side by side
    for group in result["groups"].values():
        for peer, about in group["peers"].items():
            moved, rates = accuracy.over_rounds(group, "reviews", peer), report.rates(group, "reviews", peer)
            if moved and rates:
                points[system(peer, about["precision"])] = statistics.median(rates), moved["mean"]
    if points:
        with open(os.path.join(folder, "peers-accuracy.svg"), "w", encoding="utf-8") as file:
            file.write(svg(result["model"], points) + "\n")


def svg(model, points):
    """Speed to the right, the mean move upwards from nothing: the best systems lie below to the right."""
    fastest, farthest = (1.05 * max(point[axis] for point in points.values()) or 1 for axis in (0, 1))

    def x(rate):
        return LEFT + (WIDTH - LEFT - RIGHT) * rate / fastest

    def y(moved):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * moved / farthest

    parts = [report.text(LEFT, 16, f"{model}: mean move of answers against the original, by rows/s on reviews", "title"),
             report.text(WIDTH - RIGHT, HEIGHT - 6, "rows/s on reviews", "end")]
    for tick in ticks(fastest):
        parts += [f'<path d="M{x(tick):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>',
                  report.text(x(tick) + 8, HEIGHT - BOTTOM + 15, f"{tick:.4g}", "end")]
    for tick in ticks(farthest):
        parts += [f'<path d="M{LEFT} {y(tick):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
                  report.text(LEFT - 6, y(tick) + 4, f"{tick:.3g}", "end")]
    taken = [(x(rate) - 5, x(rate) + 5, y(moved)) for rate, moved in points.values()]
    for name, (rate, moved) in sorted(points.items(), key=lambda point: point[1]):
        line = free_line(taken, x(rate) + 8, y(moved), 6.2 * len(name))
        colour = "#1a6" if name.startswith("bertserve") else "#579"
        parts += [f'<circle cx="{x(rate):.1f}" cy="{y(moved):.1f}" r="4" fill="{colour}"/>',
                  f'<path d="M{x(rate):.1f} {y(moved):.1f}L{x(rate) + 7:.1f} {line:.1f}" stroke="#999" stroke-width="0.6"/>',
                  report.text(x(rate) + 8, line + 4, name, "")]
    return report.drawing(WIDTH, HEIGHT, parts)


def ticks(most):
    step = 10 ** math.floor(math.log10(most / 2))
    step *= 2 if most / step > 10 else 1
    return [step * count for count in range(int(most / step) + 1)]


def free_line(taken, left, wanted, width):
    """The height nearest above wanted where a label covers no point and no other label."""
    line = wanted
    while any(abs(line - other) < 12 and left < end and start < left + width for start, end, other in taken):
        line -= 1
    taken.append((left, left + width, line))
    return line
