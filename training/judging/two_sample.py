"""A two-sample test: how well can a classifier tell what was played from what is real?

Classifiers learn on some songs and are asked about others, which none of them has seen, in five folds
split by song, those of a family (kin) together. Both sides are windows of the same bars of the same songs,
as many of each, so only the parts differ. Accuracy and area under the curve (AUC) are .5 where they can't be
told apart, 1 where always. Source: classifier two-sample tests, Lopez-Paz and Oquab 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.training.judging import eye, features, logistic
from bandmate.training.judging.excerpt import Excerpt
from bandmate.training.judging.pairs import pairs

FOLDS = 5
RESAMPLES = 200
CLASSIFIERS = ("network", "texture", "fit")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Verdict(NamedTuple):
    """accuracy, auc: 0..1; error: the standard error of the AUC, by drawing songs anew 200 times."""

    accuracy: float
    auc: float
    error: float


def told_apart(
    played: Sequence[Excerpt],
    real: Sequence[Excerpt],
    parts: Sequence[str],
    seed: int,
    family: Ints | None = None,
) -> dict[str, Verdict]:
    """The verdicts of three classifiers: `network` sees the rolls (eye), `texture` and `fit` are logistic
    regressions on what each part does by itself and on how the parts fit the melody (features). family
    int[songs]: of each song, those of one to be in one fold; each by itself if None, or if all are of one.

    Not numbers when fewer than two songs have a window to look at.
    """
    found = pairs(played, real, seed)
    related = found.song if family is None or len(set(family)) < 2 else family[found.song]
    if len(np.unique(related)) < 2:
        return dict.fromkeys(CLASSIFIERS, Verdict(*[float("nan")] * 3))
    windows = np.concatenate([found.played, found.real])
    tables = {name: of(windows, parts) for name, of in (("texture", features.texture), ("fit", features.fit))}
    fold = folds(related, seed)
    label = np.repeat([True, False], len(found.song))
    score = {name: np.zeros(len(label)) for name in CLASSIFIERS}
    for k in range(fold.max() + 1):
        asked = np.tile(fold == k, 2)
        taught = ~asked
        score["network"][asked] = eye.scores(windows[taught], label[taught], windows[asked], parts, seed + k)
        for name, table in tables.items():
            score[name][asked] = logistic.scores(table[taught], label[taught], table[asked])
    both, songs = np.tile(fold, 2), np.tile(found.song, 2)
    return {name: verdict(found, label, both, songs, seed) for name, found in score.items()}


def folds(family: Ints, seed: int) -> Ints:
    """int[W]: the fold 0..4 of each pair, the same for all of a family int[W]; no more folds than families,
    and as many pairs in each as can be."""
    _, number, size = np.unique(family, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(size))
    filled, fold = np.zeros(min(FOLDS, len(size)), int), np.zeros(len(size), int)
    for one in order[np.argsort(-size[order], kind="stable")]:
        fold[one] = filled.argmin()
        filled[fold[one]] += size[one]
    return fold[number]


def verdict(score: Floats, label: NDArray[np.bool_], fold: Ints, song: Ints, seed: int) -> Verdict:
    """What scores say: above 0 is a vote for label 1; the curve goes by the ranks within each fold, as
    each has a classifier of its own."""
    level = np.zeros(len(score))
    for k in np.unique(fold):
        here = fold == k
        level[here] = ranks(score[here]) / here.sum()
    rng = np.random.default_rng(seed)
    rows = [np.flatnonzero(song == one) for one in np.unique(song)]
    drawn = []
    for _ in range(RESAMPLES):
        some = np.concatenate([rows[k] for k in rng.integers(0, len(rows), len(rows))])
        drawn.append(auc(level[some], label[some]))
    return Verdict(float(((score > 0) == label).mean()), auc(level, label), float(np.std(drawn)))


def auc(score: Floats, label: NDArray[np.bool_]) -> float:
    """The share of pairs of a positive and a negative row in which the positive scores higher, a tie
    counting half."""
    positives, negatives = int(label.sum()), int((~label).sum())
    return float((ranks(score)[label].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def ranks(values: Floats) -> Floats:
    """Ranks from 1, equal values sharing the mean of theirs."""
    order = np.sort(values)
    return (np.searchsorted(order, values, "left") + 1 + np.searchsorted(order, values, "right")) / 2
