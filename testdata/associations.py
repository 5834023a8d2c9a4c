"""Trends and rank correlations by SciPy, written to testdata/golden_associations.json.

    python3 testdata/associations.py

Page's test is SciPy's for blocks without ties; with ties, where SciPy's exact p is that of ranks without them, all orders
are enumerated here. So are all permutations of the small designs between and within conditions.
"""
import itertools, json, math, pathlib
import numpy as np, scipy
from scipy.stats import linregress, page_trend_test, pearsonr, permutation_test, rankdata, spearmanr

rng = np.random.default_rng(1)


def trend(blocks, method="exact"):
    up, down = page_trend_test(blocks, method=method), page_trend_test(blocks[:, ::-1], method=method)
    return dict(blocks=blocks.tolist(), l=up.statistic, increasing=up.pvalue, decreasing=down.pvalue, exact=method == "exact")


def trend_with_ties(blocks):
    ranks = [rankdata(b) for b in blocks]
    columns = 1 + np.arange(len(ranks[0]))
    l = sum(columns @ r for r in ranks)
    by_block = ([columns @ o for o in itertools.permutations(r)] for r in ranks)
    all_l = np.array([sum(ls) for ls in itertools.product(*by_block)])
    return dict(blocks=blocks, l=l, increasing=(all_l >= l).mean(), decreasing=(all_l <= l).mean(), exact=True)


def rising(n, k, slope):
    return (rng.normal(size=(n, k)) + slope * np.arange(k)).round(3)


def slope(x, y):
    return dict(x=x, y=y, slope=linregress(np.log(x), np.log(y)).slope)


def strata_of(count, conditions, seeds, follows):
    """x and y as [stratum][condition][seed]: levels of their own everywhere, what seeds do in all strata, ties, and
    y that follows x."""
    shared = rng.normal(size=(2, 1, conditions, seeds))
    x = rng.normal(size=(count, conditions, seeds)) + shared[0]
    y = follows * x + rng.normal(size=x.shape) + shared[1]
    levels = 3 * rng.normal(size=(2, count, conditions, 1))
    return (2 * x).round() + levels[0].round(), y.round(2) + levels[1].round()


def between(x, y):
    """The mean of Fisher's z over strata, for every way to permute conditions within the seeds, alike in all strata."""
    strata, conditions, seeds = x.shape
    n = conditions * seeds

    def z(y):
        rho = [spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(x, y)]
        return np.arctanh(np.clip(rho, 6 / (n**3 - n) - 1, 1 - 6 / (n**3 - n))).mean()

    everything = itertools.product(itertools.permutations(range(conditions)), repeat=seeds)
    null = np.array([z(y[:, np.array(o).T, np.arange(seeds)]) for o in everything])
    return dict(x=x.tolist(), y=y.tolist(), rho=math.tanh(z(y)), p=(abs(null) >= abs(z(y)) - 1e-12).mean(),
                each=[spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(x, y)])


def within(x, y):
    """The correlation of what is left of the ranks within cells after regression on indicators of the cells, for every
    order of the seeds, alike in all cells."""
    x, y = (a.reshape(-1, a.shape[-1]) for a in (x, y))
    cells, seeds = x.shape
    indicators = np.kron(np.eye(cells), np.ones((seeds, 1)))
    ranks_x, ranks_y = rankdata(x, axis=1), rankdata(y, axis=1)

    def residuals(ranks):
        return ranks.ravel() - indicators @ np.linalg.lstsq(indicators, ranks.ravel(), rcond=None)[0]

    def rho(order):
        return pearsonr(residuals(ranks_x), residuals(ranks_y[:, order])).statistic

    all_orders = permutation_test((np.arange(seeds),), lambda order: abs(round(rho(order.astype(int)), 12)), vectorized=False,
                                  permutation_type="pairings", n_resamples=np.inf, alternative="greater")
    return dict(x=x.tolist(), y=y.tolist(), rho=rho(np.arange(seeds)), p=all_orders.pvalue,
                each=[spearmanr(a, b).statistic for a, b in zip(x, y)])


golden = dict(
    source=f"testdata/associations.py with SciPy {scipy.__version__} and NumPy {np.__version__}",
    trend=[trend(rising(*a)) for a in ((5, 5, 1), (5, 5, 0.1), (10, 3, -0.3), (4, 7, 0.2), (2, 4, -2), (30, 6, 0.1))]
    + [trend(rising(*a), "asymptotic") for a in ((3, 9, 0.1), (51, 3, -0.2))]
    + [trend_with_ties([[1, 1, 2, 3], [2, 1, 1, 4], [5, 5, 5, 5], [1, 3, 2, 2]]),
       trend_with_ties([[2, 2, 1], [3, 3, 3], [2, 1, 1], [7, 8, 8], [3, 2, 1]])],
    slope=[slope([64, 128, 256, 512, 1024], [0.9, 2.1, 3.7, 8.4, 16]), slope([16, 32, 64], [3, 0.02, 1e-5]),
           slope([2, 3], [5, 5])],
    between=[between(*strata_of(2, 3, 3, 2)), between(*strata_of(3, 2, 6, 0)), between(*strata_of(2, 4, 2, -0.5))],
    within=[within(*strata_of(2, 2, 5, 2)), within(*strata_of(2, 3, 5, 0)), within(*strata_of(1, 1, 6, -1))],
)
text = json.dumps(golden).replace("}, {", "},\n{") + "\n"
(pathlib.Path(__file__).parent / "golden_associations.json").write_text(text)
