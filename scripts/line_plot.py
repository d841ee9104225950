"""Curves in one SVG, a line and a colour each, named beside them."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 560, 60, 220, 40, 50


class Axis:
    """Numbers from low to high along `pixels`, which may run backwards; by ratio where `by_ratio`."""

    def __init__(self, low, high, pixels, by_ratio=False):
        self.low, self.pixels, self.by_ratio = low, pixels, by_ratio
        self.high = high if high > low else low + 1

    def at(self, value):
        scale = math.log if self.by_ratio else float
        part = (scale(min(value, self.high)) - scale(self.low)) / (scale(self.high) - scale(self.low))
        return self.pixels[0] + (self.pixels[1] - self.pixels[0]) * part

    def ticks(self, count):
        """Evenly spread or, by ratio, the powers of 2 (of 10 over a long way) between the ends."""
        if not self.by_ratio:
            return [self.low + (self.high - self.low) * tick / count for tick in range(count + 1)]
        base = 2 if self.high / self.low < 1000 else 10
        first, last = math.ceil(math.log(self.low, base) - 1e-9), math.floor(math.log(self.high, base) + 1e-9)
        return [base**power for power in range(first, last + 1)]


def line_plot(curves, title, y_format, x_format="{:.0f}", cut=0.0, by_ratio=False, label_format=None):
    """curves: name -> [(x, y), ...]. The highest `cut` of all y are drawn at the upper edge. by_ratio: of both axes.
    label_format: how a curve's last y stands behind its name, and in whose order the names do."""
    xs = sorted(x for curve in curves.values() for x, _ in curve)
    ys = sorted(y for curve in curves.values() for _, y in curve)
    x_axis = Axis(xs[0] if by_ratio else 0, xs[-1], (LEFT, WIDTH - RIGHT), by_ratio)
    y_axis = Axis(ys[0], ys[int((1 - cut) * (len(ys) - 1))], (HEIGHT - BOTTOM, TOP), by_ratio)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
             f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{LEFT}" y="22" font-size="15">{escape(title)}</text>']
    for y in y_axis.ticks(4):
        parts.append(f'<path d="M{LEFT} {y_axis.at(y):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                     f'<text x="{LEFT - 8}" y="{y_axis.at(y) + 4:.1f}" text-anchor="end">{y_format.format(y)}</text>')
    for x in x_axis.ticks(4):
        parts.append(f'<text x="{x_axis.at(x):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">'
                     f'{x_format.format(x)}</text>')
    for number, name in enumerate(sorted(curves, key=lambda name: curves[name][-1][1])):
        colour = f"hsl({(number * 137) % 360},65%,42%)"
        points = " ".join(f"{x_axis.at(x):.1f},{y_axis.at(y):.1f}" for x, y in curves[name])
        last = " " + label_format.format(curves[name][-1][1]) if label_format else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
                     f'<text x="{WIDTH - RIGHT + 12}" y="{TOP + 13 * (number + 1)}" fill="{colour}">'
                     f'{escape(name)}{last}</text>')
    return "\n".join(parts) + "</svg>\n"
