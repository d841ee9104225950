"""The attentions of Heed's models in PyTorch: every score, normalizer, reach and kind of positions, written from their
papers with padded batches and masks. Parameters bear the names of Heed's checkpoints.

Where a paper leaves room, it follows Heed's stated conventions: rotary positions turn what the scores multiply, keys
after W; a bias by distance is added to scores of any kind; mixtures are of projected keys and values; cosine scores add
1e-12 to a squared length, so that zeros have a direction.
"""
import functools
import math
from types import SimpleNamespace

import torch
from torch import nn

# What an attention's section says, unless a combination says otherwise.
SECTION_DEFAULTS = {"score": "auto", "normalizer": "softmax", "reach": "global", "window_behind": 32,
                    "window_ahead": 32, "stride": 16, "rank": 32, "max_span": 256, "span_ramp": 32,
                    "span_penalty": 2e-6, "num_heads": 0}
RELATIVE_BUCKETS, FARTHEST_BUCKET = 32, 128


def section_of(shape, name):
    """What is true of encoder_attention, decoder_attention or cross_attention."""
    settings = {key: shape.get(f"{name}.{key}", default) for key, default in SECTION_DEFAULTS.items()}
    section = SimpleNamespace(**settings)
    recurrent = name == "cross_attention" and shape["decoder"] == "recurrent"
    section.num_heads = section.num_heads or (1 if recurrent else shape["num_heads"])
    section.num_key_heads = (not recurrent and shape["num_key_heads"]) or section.num_heads
    section.key_width = shape["d_model"] // section.num_heads * section.num_key_heads
    if section.score == "auto":
        of_recurrence = {"bahdanau": "additive", "luong": "general"}[shape["recurrence"]]
        section.score = of_recurrence if recurrent else "scaled_dot"
    return section


def heads_of(rows, num_heads):
    """(B, T, W) -> (B, H, T, W / H)"""
    return rows.unflatten(-1, (num_heads, -1)).transpose(1, 2)


# Normalizers, along the last dimension. The support is found by sorting, the threshold from it, with its gradient.


def sparsemax(scores):
    """Martins and Astudillo 2016, algorithm 1."""
    z = scores - scores.detach().amax(-1, keepdim=True)
    count = torch.arange(1, z.shape[-1] + 1, dtype=z.dtype)
    with torch.no_grad():
        descending = z.sort(-1, descending=True).values
        size = (1 + count * descending > descending.cumsum(-1)).sum(-1, keepdim=True)
        supported = z >= descending.gather(-1, size - 1)
    threshold = (z.masked_fill(~supported, 0).sum(-1, keepdim=True) - 1) / size
    return (z - threshold).clamp(min=0)


def entmax15(scores):
    """Peters et al. 2019, algorithm 2."""
    z = (scores - scores.detach().amax(-1, keepdim=True)) / 2

    def threshold(mean, mean_of_squares, size):
        return mean - ((1 - size * (mean_of_squares - mean**2)) / size).clamp(min=0).sqrt()

    count = torch.arange(1, z.shape[-1] + 1, dtype=z.dtype)
    with torch.no_grad():
        descending = z.sort(-1, descending=True).values
        thresholds = threshold(descending.cumsum(-1) / count, descending.square().cumsum(-1) / count, count)
        size = (thresholds <= descending).sum(-1, keepdim=True)
        supported = z >= descending.gather(-1, size - 1)
    kept = z.masked_fill(~supported, 0)
    means = kept.sum(-1, keepdim=True) / size, kept.square().sum(-1, keepdim=True) / size
    return (z - threshold(*means, size)).clamp(min=0).square()


NORMALIZERS = {"softmax": functools.partial(torch.softmax, dim=-1), "sparsemax": sparsemax, "entmax15": entmax15}


def weights_of(scores, seen, normalizer):
    """Scores (B, H, Tq, Tk) of keys that are `seen` -> weights. Only padding sees nothing, and weighs as it likes."""
    hidden = ~seen & seen.any(-1, keepdim=True)
    return NORMALIZERS[normalizer](scores.masked_fill(hidden, float("-inf")))


# Scores.


def direction(heads):
    return heads / (heads.square().sum(-1, keepdim=True) + 1e-12).sqrt()


class Scoring(nn.Module):
    """How well keys fit queries: (B, Tq, D), (B, Tk, Dk) -> (B, H, Tq, Tk)."""

    def __init__(self, section, d_model):
        super().__init__()
        self.section = section
        if section.score == "general":
            self.general = nn.Parameter(torch.empty(section.key_width, section.key_width))
        if section.score == "additive":
            self.score = nn.Parameter(torch.empty(d_model))
        if section.score == "cosine":
            self.log_scale = nn.Parameter(torch.empty(section.num_heads))

    def forward(self, query, key, turn=lambda heads: heads):
        kind, num_heads = self.section.score, self.section.num_heads
        if kind == "general":
            key = key @ self.general.T
        query = turn(heads_of(query, num_heads))
        key = turn(heads_of(key, self.section.num_key_heads))
        key = key.repeat_interleave(num_heads // self.section.num_key_heads, dim=1)
        if kind == "additive":
            return (torch.tanh(query[:, :, :, None] + key[:, :, None]) * self.score.view(num_heads, 1, 1, -1)).sum(-1)
        if kind == "euclidean":
            return -(query[:, :, :, None] - key[:, :, None]).square().sum(-1) / math.sqrt(query.shape[-1])
        if kind == "cosine":
            return self.log_scale.exp()[:, None, None] * (direction(query) @ direction(key).mT)
        return query @ key.mT / (math.sqrt(query.shape[-1]) if kind == "scaled_dot" else 1)


# Positions.


def alibi_slopes(num_heads):
    """Press et al. 2022, section 3, and for numbers of heads that are no powers of two the paper's code."""
    power = 2 ** int(math.log2(num_heads))
    slopes = [2 ** (-8 * (h + 1) / power) for h in range(power)]
    return slopes if power == num_heads else slopes + alibi_slopes(2 * power)[0::2][: num_heads - power]


@functools.lru_cache(None)
def relative_bucket(distance, causal):
    """Raffel et al. 2020, section 2.1, and what its code says of it, in whole numbers: distance is key - query."""
    buckets = RELATIVE_BUCKETS if causal else RELATIVE_BUCKETS // 2
    first = buckets if not causal and distance > 0 else 0
    far = max(-distance, 0) if causal else abs(distance)
    exact = buckets // 2
    if far < exact:
        return first + far
    # The greatest i with i <= exact log(far / exact) / log(farthest / exact).
    beyond = next(i for i in reversed(range(exact)) if far**exact >= (FARTHEST_BUCKET // exact) ** i * exact**exact)
    return first + exact + beyond


def rotated(heads):
    """Su et al. 2021, section 3.2.2: column j and j + K / 2 of (B, H, T, K) as one complex number, turned."""
    length, size = heads.shape[-2:]
    frequency = 10000 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angle = torch.arange(length, dtype=torch.float64)[:, None] * frequency
    left, right = heads.chunk(2, -1)
    turned = torch.complex(left, right) * torch.polar(torch.ones_like(angle), angle).to(torch.complex(left, right))
    return torch.cat([turned.real, turned.imag], -1)


def sinusoids(length, width):
    angle = torch.arange(length, dtype=torch.float64)[:, None]
    angle = angle / 10000 ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
    return torch.cat([angle.sin(), angle.cos()], 1)


def distances(num_queries, num_keys):
    """(Tq, Tk): key's position less the query's."""
    return torch.arange(num_keys) - torch.arange(num_queries)[:, None]


class Positions(nn.Module):
    """What one side of a model knows of positions; `name` is the section of its self-attention."""

    def __init__(self, shape, name):
        super().__init__()
        self.kind, self.causal = shape["positions"], name == "decoder_attention"
        self.num_heads = section_of(shape, name).num_heads
        if self.kind == "learned":
            self.weight = nn.Parameter(torch.empty(shape["max_positions"], shape["d_model"]))
        if self.kind == "relative":
            self.weight = nn.Parameter(torch.empty(self.num_heads, RELATIVE_BUCKETS))

    def embed(self, rows):
        length, width = rows.shape[1:]
        rows = rows * math.sqrt(width)
        if self.kind == "sinusoidal":
            return rows + sinusoids(length, width).to(rows)
        return rows + self.weight[:length] if self.kind == "learned" else rows

    def turn(self, heads):
        return rotated(heads) if self.kind == "rotary" else heads

    def bias(self, length, like):
        """Added to scores: (H, T, T), or 0."""
        apart = distances(length, length)
        if self.kind == "alibi":
            return -torch.tensor(alibi_slopes(self.num_heads), dtype=like.dtype)[:, None, None] * apart.abs()
        if self.kind == "relative":
            buckets = [[relative_bucket(distance, self.causal) for distance in row] for row in apart.tolist()]
            return self.weight[:, torch.tensor(buckets)]
        return 0


# Reaches.


def seen_around(section, place, num_keys):
    """Which keys lie in the window around a place (..., Tq): (..., Tq, Tk)."""
    offset = torch.arange(num_keys) - place[..., None]
    return (offset >= -section.window_behind) & (offset <= section.window_ahead)


def seen_by_position(section, position, num_keys, causal):
    """Which keys a reach lets queries at integer positions (..., Tq) see: (..., Tq, Tk)."""
    offset = torch.arange(num_keys) - position[..., None]
    seen = offset <= 0 if causal else torch.ones_like(offset, dtype=torch.bool)
    if section.reach in ("window", "local_monotonic"):
        seen = seen & seen_around(section, position, num_keys)
    if section.reach == "strided":
        seen = seen & ((offset.abs() < section.stride) | (offset % section.stride == 0))
    return seen


class PredictedPosition(nn.Module):
    """Luong et al. 2015, equation 9: (B, Tq, D) -> (B, H, Tq)."""

    def __init__(self, section, d_model):
        super().__init__()
        self.hidden, self.position = nn.Linear(d_model, d_model), nn.Linear(d_model, section.num_heads)

    def forward(self, rows, lengths):
        return (lengths[:, None, None] * torch.sigmoid(self.position(torch.tanh(self.hidden(rows))))).transpose(1, 2)


def near_centre(section, centre, num_keys, weights):
    """Luong et al. 2015, equation 10: weights that fall off; the deviation is half of D, the window being 2 D wide."""
    deviation = (section.window_behind + section.window_ahead) / 2 / 2
    offset = torch.arange(num_keys) - centre[..., None]
    return weights * torch.exp(-offset.square() / (2 * deviation**2))


class AdaptiveSpan(nn.Module):
    """Sukhbaatar et al. 2019, section 2.2."""

    def __init__(self, section):
        super().__init__()
        self.section, self.span = section, nn.Parameter(torch.empty(section.num_heads))

    def size(self):
        return self.section.max_span * self.span.clamp(0, 1)

    def mask(self, apart):
        ramp = self.section.span_ramp
        return ((ramp + self.size()[:, None, None] - apart.abs()) / ramp).clamp(0, 1)

    def penalty(self):
        return self.section.span_penalty * self.size().mean()


class KeyMixing(nn.Module):
    """Wang et al. 2020, section 4: (B, Tk, W) -> (B, rank, W)."""

    def __init__(self, section, shape):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(section.rank, shape["max_positions"]))

    def forward(self, rows, is_pad):
        return self.weight[:, : rows.shape[1]] @ rows.masked_fill(is_pad[..., None], 0)


# Layers.


def joined(weights, value, section):
    """(B, H, Tq, Tk) of values (B, Tk, Dk) -> (B, Tq, D)"""
    value = heads_of(value, section.num_key_heads).repeat_interleave(section.num_heads // section.num_key_heads, dim=1)
    return (weights @ value).transpose(1, 2).flatten(2)


class SelfAttention(nn.Module):
    def __init__(self, shape, name):
        super().__init__()
        d_model, self.causal = shape["d_model"], name == "decoder_attention"
        self.section = section_of(shape, name)
        self.query_key_value = nn.Linear(d_model, d_model + 2 * self.section.key_width)
        self.output = nn.Linear(d_model, d_model)
        self.scoring = Scoring(self.section, d_model)
        self.span = AdaptiveSpan(self.section) if self.section.reach == "adaptive_span" else None
        self.mixing = KeyMixing(self.section, shape) if self.section.reach == "low_rank" else None

    def forward(self, x, is_pad, positions):
        length, key_width = x.shape[1], self.section.key_width
        query, key, value = self.query_key_value(x).split([x.shape[2], key_width, key_width], -1)
        if self.mixing:
            key, value = self.mixing(key, is_pad), self.mixing(value, is_pad)
            seen = torch.ones(1, 1, 1, key.shape[1], dtype=torch.bool)
            scores = self.scoring(query, key)
        else:
            seen = seen_by_position(self.section, torch.arange(length), length, self.causal) & ~is_pad[:, None, None]
            scores = self.scoring(query, key, positions.turn) + positions.bias(length, x)
        if self.span:
            mask = self.span.mask(distances(length, length))
            seen = seen & (mask > 0)
            scores = scores + torch.where(mask > 0, mask, 1).log()
        return self.output(joined(weights_of(scores, seen, self.section.normalizer), value, self.section))


def source_weights(section, scores, predicted, rows, positions, is_pad):
    """Weights of a source's words, for queries (B, Tq, D) at those positions (Tq)."""
    num_keys, lengths = is_pad.shape[1], (~is_pad).sum(1)
    if section.reach == "local_predictive":
        centre = predicted(rows, lengths)
        seen = seen_around(section, centre.detach(), num_keys) & ~is_pad[:, None, None]
        return near_centre(section, centre, num_keys, weights_of(scores, seen, section.normalizer))
    position = torch.minimum(positions, lengths[:, None] - 1)  # beyond the source's end: its last word
    seen = seen_by_position(section, position, num_keys, causal=False) & ~is_pad[:, None]
    return weights_of(scores, seen[:, None], section.normalizer)


class CrossAttention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        d_model, self.section = shape["d_model"], section_of(shape, "cross_attention")
        self.query = nn.Linear(d_model, d_model)
        self.key_value = nn.Linear(d_model, 2 * self.section.key_width)
        self.output = nn.Linear(d_model, d_model)
        self.scoring = Scoring(self.section, d_model)
        self.mixing = KeyMixing(self.section, shape) if self.section.reach == "low_rank" else None
        local = self.section.reach == "local_predictive"
        self.predicted = PredictedPosition(self.section, d_model) if local else None

    def forward(self, x, memory, values, is_pad):
        key, value = self.key_value(memory).chunk(2, -1)[0], self.key_value(values).chunk(2, -1)[1]
        if self.mixing:
            key, value = self.mixing(key, is_pad), self.mixing(value, is_pad)
            is_pad = torch.zeros(key.shape[:2], dtype=torch.bool)
        scores = self.scoring(self.query(x), key)
        weights = source_weights(self.section, scores, self.predicted, x, torch.arange(x.shape[1]), is_pad)
        return self.output(joined(weights, value, self.section))


class RecurrentAttention(Scoring):
    """Of a recurrent decoder: of states and memory as they are, but for additive scores."""

    def __init__(self, shape):
        d_model, section = shape["d_model"], section_of(shape, "cross_attention")
        super().__init__(section, d_model)
        self.query = nn.Linear(d_model, d_model) if section.score == "additive" else nn.Identity()
        self.key = nn.Linear(d_model, d_model) if section.score == "additive" else nn.Identity()
        local = section.reach == "local_predictive"
        self.predicted = PredictedPosition(section, d_model) if local else None

    def forward(self, state, position, keys, values, is_pad):
        """state (B, D) of the word at `position`, keys that are self.key(memory) -> (B, D)"""
        rows = state[:, None]
        scores = super().forward(self.query(rows), keys)
        weights = source_weights(self.section, scores, self.predicted, rows, torch.tensor([position]), is_pad)
        return joined(weights, values, self.section)[:, 0]


def check_normalizers():
    """Complaints about sparsemax and entmax15: their definition, their gradients, the package entmax if present."""
    try:
        import entmax
    except ImportError:
        entmax = None
        print("without the package entmax (pip install entmax) its normalizers are not compared")
    generator = torch.Generator().manual_seed(5)
    scores = 2 * torch.randn(200, 9, generator=generator, dtype=torch.float64)
    slopes = torch.randn(9, generator=generator, dtype=torch.float64)
    scores[:100, 6:] = float("-inf")
    powers = {"sparsemax": lambda z: z.clamp(min=0), "entmax15": lambda z: (z / 2).clamp(min=0).square()}
    complaints = []
    for name, power in powers.items():
        normalizer = NORMALIZERS[name]
        low, high = scores.amax(1, keepdim=True) - 2, scores.amax(1, keepdim=True)
        for _ in range(80):  # the threshold, by halving
            middle = (low + high) / 2
            above = power(scores - middle).sum(1, keepdim=True) > 1
            low, high = torch.where(above, middle, low), torch.where(above, high, middle)
        if not torch.allclose(normalizer(scores), power(scores - low), rtol=0, atol=1e-12):
            complaints.append(f"{name} is not what its definition says")
        if not torch.autograd.gradcheck(normalizer, scores[100:110].clone().requires_grad_(), raise_exception=False):
            complaints.append(f"{name}: its gradient is not that of differences")
        results = []
        for function in (normalizer, getattr(entmax, name, normalizer)):
            rows = scores[100:].clone().requires_grad_()
            weights = function(rows)
            results.append(torch.cat([weights.detach(), torch.autograd.grad((weights * slopes).sum(), rows)[0]]))
        if not torch.allclose(*results, rtol=0, atol=1e-11):
            complaints.append(f"{name} is not that of the package entmax")
    return complaints
