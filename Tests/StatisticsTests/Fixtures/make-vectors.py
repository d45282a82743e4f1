"""Writes vectors.json: what scipy says, for Weir's statistics to be held against.

    python3 -m venv venv && venv/bin/pip install scipy && venv/bin/python make-vectors.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import special, stats

random = np.random.default_rng(20261130)


def beta():
    for a, b in [(0.5, 0.5), (1, 1), (2, 7), (0.5, 200), (50, 3), (1000, 1200), (1, 100000)]:
        for x in [1e-9, 0.001, 0.1, 0.3, 0.5, 0.77, 0.999]:
            yield {"x": x, "a": a, "b": b, "share": special.betainc(a, b, x)}


def student():
    for n in [1, 2, 3, 4, 5, 9, 23, 39, 120, 5000]:
        for p in [0.5, 0.6, 0.9, 0.975, 0.99, 0.9995, 0.02, 0.0001]:
            yield {"degreesOfFreedom": n, "probability": p, "t": stats.t.ppf(p, n)}


def binomial():
    for count, trials in [(0, 10), (10, 10), (3, 10), (1, 1000), (0, 2000), (499, 500), (17, 2000)]:
        for confidence in [0.95, 0.99]:
            share = stats.binomtest(count, trials).proportion_ci(confidence, method="exact")
            yield {"count": count, "trials": trials, "confidence": confidence, "low": share.low, "high": share.high}


def logarithmic():
    for size in [2, 5, 12, 40]:
        figures = np.exp(random.normal(3, 0.2, size))
        logs = np.log(figures)
        bound = float(np.exp(3.05))
        for confidence in [0.95, 0.99]:
            half = stats.t.ppf(confidence, size - 1) * stats.sem(logs)
            yield {
                "figures": figures.tolist(),
                "confidence": confidence,
                "lower": float(np.exp(logs.mean() - half)),
                "upper": float(np.exp(logs.mean() + half)),
                "bound": bound,
                "below": stats.ttest_1samp(logs, np.log(bound), alternative="less").pvalue,
                "above": stats.ttest_1samp(logs, np.log(bound), alternative="greater").pvalue,
            }


def far_tails():
    # From logarithms with a mean of 3 and a standard deviation of 0.1, whatever their number.
    for size in [5, 12, 40]:
        logs = np.linspace(-1, 1, size)
        logs = 3 + 0.1 * logs / logs.std(ddof=1)
        figures = np.exp(logs)
        for distance in [-2.0, -0.5, 0.5, 2.0]:
            bound = float(np.exp(3 + distance))
            above, below = (
                stats.ttest_1samp(np.log(figures), np.log(bound), alternative=alternative).pvalue
                for alternative in ("greater", "less"))
            yield {"figures": figures.tolist(), "bound": bound, "below": below, "above": above}


def far_quantiles():
    for n in [3, 11, 39]:
        for p in [1e-8, 1e-14, 1e-20]:
            yield {"degreesOfFreedom": n, "probability": p, "t": stats.t.ppf(p, n)}


def welch():
    for sizes in [(2, 2), (3, 8), (12, 12)]:
        first, second = (np.exp(random.normal(3 + 0.05 * n, 0.1 * (n + 1), size)) for n, size in enumerate(sizes))
        test = stats.ttest_ind(np.log(first), np.log(second), equal_var=False)
        interval = test.confidence_interval(0.99)
        bounded = stats.ttest_ind(np.log(first), np.log(second) + np.log(1.03), equal_var=False)
        yield {
            "first": first.tolist(), "second": second.tolist(), "low": np.exp(interval.low),
            "high": np.exp(interval.high), "bound": 1.03, "pValue": bounded.pvalue,
        }


def sign_flip():
    samples = [random.normal(0.02, 0.05, size) for size in (2, 3, 5, 8, 12, 13)]
    # Ties, among the differences and with the effect.
    samples += [np.array([0.25, 0.25, 0.5, -0.25]), np.array([0.0, 0.0, 0.5, 1.0])]
    for differences in samples:
        for effect in [0.0, 0.03, -0.03]:
            def p(alternative):
                return stats.permutation_test(
                    (differences - effect,), np.mean, permutation_type="samples",
                    n_resamples=np.inf, alternative=alternative).pvalue
            yield {
                "differences": differences.tolist(), "effect": effect,
                "above": p("greater"), "below": p("less"),
            }


def holm():
    for size in [1, 3, 8, 20]:
        p_values = random.beta(0.2, 3, size)
        descending = np.sort(p_values)
        adjusted = np.maximum.accumulate(descending * (size - np.arange(size)))
        rank = np.argsort(np.argsort(p_values))
        yield {"pValues": p_values.tolist(), "rejected": (adjusted[rank] <= 0.05).tolist()}


made = {
    "scipy": scipy.__version__,
    "beta": list(beta()),
    "student": list(student()),
    "binomial": list(binomial()),
    "logarithmic": list(logarithmic()),
    "farTails": list(far_tails()),
    "farQuantiles": list(far_quantiles()),
    "signFlip": list(sign_flip()),
    "holm": list(holm()),
    "welch": list(welch()),
}
Path(__file__).with_name("vectors.json").write_text(json.dumps(made, indent=1, default=float) + "\n")
