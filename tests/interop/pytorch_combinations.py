"""Settings of the models that pytorch_updates.py compares. The product of all choices is too large: every two choices
that may stand together do so in some model, in each of its attentions (src/config/rules.cpp says which may not)."""
import itertools

SCORES = ("scaled_dot", "dot", "general", "additive", "cosine", "euclidean")
NORMALIZERS = ("softmax", "sparsemax", "entmax15")
ADDED, TOLD = ("sinusoidal", "learned", "none"), ("rotary", "alibi", "relative")  # to embeddings, to self-attention
ENCODER, DECODER, CROSS = "encoder_attention", "decoder_attention", "cross_attention"

# Of all models: less than the batches' 24 rows, so that they tell; and more rows of positions than those.
SIZES = {"d_model": 24, "max_positions": 40,
         **{f"{section}.{key}": size for section in (ENCODER, DECODER, CROSS)
            for key, size in (("stride", 3), ("rank", 5), ("max_span", 12), ("span_ramp", 4), ("span_penalty", 0.01))}}


def one_key(key, values):
    return [{key: value} for value in values]


def window(behind, ahead):
    """The decoder's reaches behind in any case: of a query that sees itself alone no score would tell."""
    sides = {ENCODER: (behind, ahead), DECODER: (max(behind, ahead), ahead), CROSS: (behind, ahead)}
    return {f"{section}.window_{side}": size for section, sizes in sides.items()
            for side, size in zip(("behind", "ahead"), sizes)}


def heads(model, encoder=0, decoder=0, cross=0, keys=0):
    return {"num_heads": model, f"{ENCODER}.num_heads": encoder, f"{DECODER}.num_heads": decoder,
            f"{CROSS}.num_heads": cross, "num_key_heads": keys}


WINDOWS = [window(*sides) for sides in ((3, 2), (6, 0), (0, 4), (1, 1))]
CROSS_REACHES = ("global", "local_monotonic", "local_predictive", "low_rank")
TIES = one_key("tie_embeddings", ("all", "decoder", "none"))


def is_told(choice):
    return choice.get("positions") in TOLD


def turns_odd_heads(rotary, other):
    """8 heads of 3 columns have no pairs of them."""
    counts = (other.get("num_heads"), other.get(f"{ENCODER}.num_heads"), other.get(f"{DECODER}.num_heads"))
    return rotary.get("positions") == "rotary" and 8 in counts


def refused(one, other):
    """By the rules, the second choice beside the first."""
    additive = "additive" in (other.get(f"{ENCODER}.score"), other.get(f"{DECODER}.score"))
    return (one.get("positions") == "rotary" and additive
            or is_told(one) and other.get(f"{ENCODER}.reach") == "low_rank"
            or is_told(one) and other.get("encoder") == "convolutional"
            or turns_odd_heads(one, other)
            or one.get(f"{CROSS}.reach") == "local_predictive" and other.get(f"{CROSS}.window_behind") == 0)


def pairwise(factors):
    """Few of the product's combinations, in which every two allowed choices of different factors meet. Greedy: each
    begins with two that have not met, and adds the choices that meet most others for the first time."""
    factors = sorted(factors, key=len, reverse=True)

    def allowed(a, b):
        one, other = factors[a[0]][a[1]], factors[b[0]][b[1]]
        return not refused(one, other) and not refused(other, one)

    choices = [[(f, c) for c in range(len(factor))] for f, factor in enumerate(factors)]
    unmet = {(a, b): None for some, others in itertools.combinations(choices, 2) for a in some for b in others
             if allowed(a, b)}  # a dict: in order
    while unmet:
        row = list(next(iter(unmet)))
        for factor in choices:
            if factor[0][0] in (f for f, _ in row):
                continue
            fitting = [a for a in factor if all(allowed(a, b) for b in row)]
            row.append(max(fitting, key=lambda a: sum(tuple(sorted((a, b))) in unmet for b in row)))
        for met in itertools.combinations(sorted(row), 2):
            unmet.pop(met, None)
        yield {key: value for f, c in sorted(row) for key, value in factors[f][c].items()}


def transformers():
    reaches = {ENCODER: ("global", "window", "strided", "low_rank", "adaptive_span"),
               DECODER: ("global", "window", "strided", "adaptive_span"), CROSS: CROSS_REACHES}
    sections = [one_key(f"{section}.{key}", values) for section in (ENCODER, DECODER, CROSS)
                for key, values in (("score", SCORES), ("normalizer", NORMALIZERS), ("reach", reaches[section]))]
    shared = [heads(4), heads(6, keys=3), heads(3, keys=1), heads(2, 4, 6, 8, keys=2), heads(8), heads(1, 3, 2, 1)]
    return pairwise([*sections, WINDOWS, shared, TIES, one_key("positions", ADDED + TOLD),
                     one_key("norm", ("pre", "post")), one_key("norm_type", ("layer", "rms")),
                     one_key("activation", ("relu", "gelu", "swish", "glu", "geglu", "swiglu")),
                     one_key("output_bias", (False, True))])


def other_encoders():
    """Before a Transformer's decoder."""
    convolutional = [{"encoder": "convolutional", "kernel_width": width} for width in (1, 3, 5)]
    recurrent = [{"encoder": "recurrent", "cell": cell} for cell in ("gru", "lstm")]
    return pairwise([[*convolutional, *recurrent], TIES, one_key("positions", (*ADDED, "relative")),
                     one_key(f"{CROSS}.reach", CROSS_REACHES), one_key(f"{CROSS}.normalizer", NORMALIZERS)])


def recurrent_decoders():
    decoders = [{"decoder": "recurrent", "recurrence": recurrence, "input_feeding": feeds}
                for recurrence, feeds in (("bahdanau", True), ("luong", True), ("luong", False))]
    encoders = [*one_key("encoder", ("recurrent", "convolutional")),
                {"encoder": "transformer", f"{ENCODER}.reach": "window"}]
    return pairwise([decoders, encoders, WINDOWS, TIES, one_key(f"{CROSS}.score", ("auto", *SCORES)),
                     one_key(f"{CROSS}.normalizer", NORMALIZERS), one_key(f"{CROSS}.reach", CROSS_REACHES[:3]),
                     [heads(4), heads(4, cross=1), heads(4, cross=6, keys=2)], one_key("positions", ADDED),
                     one_key("cell", ("gru", "lstm")), one_key("bridge", ("state", "mean", "zero"))])


def counts(changes, key):
    """Whether a window's side is that of a reach that has a window."""
    section, _, name = key.partition(".")
    reach = changes.get(f"{section}.reach", "global")
    return not name.startswith("window_") or reach in ("window", "local_monotonic", "local_predictive")


def combinations():
    for changes in itertools.chain(transformers(), other_encoders(), recurrent_decoders()):
        yield {**SIZES, **{key: value for key, value in changes.items() if counts(changes, key)}}
