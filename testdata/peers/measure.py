"""Shows that the scripts of this folder train as infomax does, then times them and it in turns, on one processor.

    python testdata/peers/measure.py MNIST_DIR [ROUNDS]

It needs Go, a C++ compiler and requirements.txt, and prints Markdown. Every script starts from the W0 of a run of
infomax and first takes that run's two epochs, in its order: their losses must be infomax's, in units of the first
batch's loss. Of ten seeds the middle one must be as near as a single one, and every one within 1e-3: rounding grows
in some, and with K = 64 and seed 7 it is enough to change W0 by 1e-16 for PyTorch to differ from itself by 1e-7.

From then on a script shuffles for itself. A turn is one epoch of ten seeds, three of one seed, or ten of a new run of
infomax, whose first is not timed. PyTorch's cache of compiled code starts empty.
"""
import datetime, json, os, pathlib, statistics, subprocess, sys, tempfile, time
from importlib.metadata import version
import numpy as np
import peer

HERE = pathlib.Path(__file__).resolve().parent
KS, SEEDS, CHECKED, TURN, STEPS = (16, 32, 64), 10, 2, 3, 469
TOLERANCES = {"float32": 1e-3, "float64": 1e-9}
TOOLS = {"torch_eager": "PyTorch", "torch_compile": "PyTorch, compiled", "jax_scan": "JAX, scan",
         "jax_vmap": "JAX, vmap over ten seeds"}


class Script:
    """A script at work on one run, or jax_vmap.py on several."""

    def __init__(self, tool, kind, mnist, weights, folder):
        self.kind, self.name, self.log = kind, f"{TOOLS[tool]}, {kind}", folder / f"{tool}-{kind}.log"
        self.runs = SEEDS if tool == "jax_vmap" else 1
        environment = {**os.environ, "TORCHINDUCTOR_CACHE_DIR": str(folder / "compiled")}
        environment.pop("OPENBLAS_CORETYPE", None)
        self.process = subprocess.Popen(
            [sys.executable, HERE / f"{tool}.py", kind, mnist, *weights[:self.runs]], text=True, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log.open("w"))

    def epoch(self, order=""):
        """Has an epoch taken. Returns its seconds for each run, and the losses of all runs."""
        started = time.perf_counter()
        print(order, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} stopped:\n{self.log.read_text()}")
        return (time.perf_counter() - started) / self.runs, [float(loss) for loss in line.split()]

    def check(self, orders, losses):
        """Takes infomax's epochs; losses are those of its first batch and of its epochs, by runs. Returns the seconds
        of the first epoch, with the start, and the difference in loss: of the middle run, and the largest."""
        epochs = [self.epoch(order) for order in orders]
        first, theirs = losses[0, :self.runs], losses[1:, :self.runs]
        differences = np.abs((np.array([ours for _, ours in epochs]) - theirs) / first)
        middle, largest = np.median(differences, axis=1).max(), differences.max()
        if not (middle <= TOLERANCES[self.kind] and largest <= 1e-3):
            sys.exit(f"{self.name}: epochs and runs differ from infomax by\n{differences}")
        return epochs[0][0], [middle, largest]

    def turn(self):
        """Returns the seconds of an epoch of one run."""
        return statistics.mean(self.epoch()[0] for _ in range(TURN if self.runs == 1 else 1))


def infomax_turn(program, mnist, K):
    """Returns the seconds of a process of one epoch, with the start and what is measured before and after it, and those
    of an epoch: the difference of that run and one of 41, by 40."""
    seconds = []
    with tempfile.TemporaryDirectory() as out:
        started = time.perf_counter()
        for epochs in 1, 41:
            subprocess.run([program, "-k", str(K), "-epochs", str(epochs), "-tc-rows", "0", "-quiet", "-data-dir", mnist,
                            "-out", f"{out}/{epochs}"], check=True, stdout=subprocess.DEVNULL)
            if epochs == 1:
                first = time.perf_counter() - started
            run, = pathlib.Path(out, str(epochs)).glob("runs/*/run.json")
            seconds.append(json.loads(run.read_text())["seconds"])
    return first, (seconds[1] - seconds[0]) / 40


def infomax_runs(program, mnist, folder):
    """Returns, for each K, weights.npz of all seeds, and their losses ((1 + epochs)×seeds), the first
    of which is the first batch's."""
    subprocess.run([program, "-k", ",".join(map(str, KS)), "-seed", f"1-{SEEDS}", "-epochs", str(CHECKED),
                    "-tc-rows", "0", "-quiet", "-data-dir", mnist, "-out", folder], check=True, stdout=subprocess.DEVNULL)
    runs = {}
    for file in folder.glob("runs/*/run.json"):
        run = json.loads(file.read_text())
        losses = [run["initial_loss"]] + [epoch["loss"] for epoch in run["curve"]]
        runs[run["config"]["k"], run["config"]["seed"]] = file.with_name("weights.npz"), losses
    weights = {K: [runs[K, seed][0] for seed in range(1, SEEDS + 1)] for K in KS}
    return weights, {K: np.array([runs[K, seed][1] for seed in range(1, SEEDS + 1)]).T for K in KS}


def infomax_orders(folder):
    """Returns a file for each epoch with the orders of all seeds, as infomax's runs have them."""
    command = ["go", "run", HERE / "orders.go", str(SEEDS), str(CHECKED)]
    orders = np.frombuffer(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout, np.int32)
    files = [folder / f"orders{epoch}" for epoch in range(CHECKED)]
    for file, epoch in zip(files, orders.reshape(CHECKED, -1)):
        epoch.tofile(file)
    return files


def measure(mnist, rounds, folder):
    """Returns, by name and K: the seconds of the first epoch with the start, and of an epoch in each round; and, by
    type, the differences to infomax's losses."""
    program = folder / "infomax"
    subprocess.run(["go", "build", "-o", program, "."], check=True, cwd=HERE.parent.parent)
    weights, losses = infomax_runs(program, mnist, folder / "out")
    orders = infomax_orders(folder)
    first, turns, differences = {}, {}, {kind: [] for kind in TOLERANCES}
    for K in KS:
        scripts = []
        for tool in TOOLS:
            for kind in TOLERANCES:
                script = Script(tool, kind, mnist, weights[K], folder)
                first[script.name, K], difference = script.check(orders, losses[K])
                differences[kind].append(difference)
                scripts.append(script)
                print(f"K = {K}: {script.name} trains as infomax does", file=sys.stderr)
        for turn in range(rounds):
            print(f"K = {K}: turn {turn + 1} of {rounds}", file=sys.stderr)
            first["infomax, float64", K], seconds = infomax_turn(program, mnist, K)
            turns.setdefault(("infomax, float64", K), []).append(seconds)
            for script in scripts:
                turns.setdefault((script.name, K), []).append(script.turn())
        for script in scripts:
            script.process.communicate()  # no more epochs: it ends
    return first, turns, differences


def table(head, cell, turns):
    """Prints a row for each name and a column for each K."""
    print(f"\n| {head} |" + "".join(f" K = {K} |" for K in KS) + "\n|" + "---|" * (1 + len(KS)))
    for name in dict.fromkeys(name for name, _ in turns):
        print(f"| {name} | " + " | ".join(cell(name, K) for K in KS) + " |")


def main():
    mnist, rounds = str(pathlib.Path(sys.argv[1]).resolve()), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder:
        first, turns, differences = measure(mnist, rounds, pathlib.Path(folder))
    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(": ")[1].strip()
    vectors = "AVX-512" if "avx512f" in open("/proc/cpuinfo").read() else "AVX2"
    tools = ", ".join(f"{name} {version(name)}" for name in ("torch", "jax"))
    print(f"{cpu} with {vectors}, {tools}, {datetime.date.today()}, `python {' '.join(sys.argv)}`.")
    for kind, pairs in differences.items():
        middle, largest = np.max(pairs, axis=0)
        print(f"In {kind} losses differ from infomax's by up to {middle:.0e}, and in one of ten seeds by {largest:.0e}.")

    def step(name, K):
        low, middle, high = (1e6 / STEPS * f(turns[name, K]) for f in (min, statistics.median, max))
        return f"{middle:.0f} ({low:.0f}–{high:.0f})"

    def run(name, K):
        epoch = statistics.median(turns[name, K])
        return f"{first[name, K] - epoch:.1f} + {100 * epoch:.1f}"

    table(f"µs a step, median of {rounds} turns (least–most)", step, turns)
    table("seconds a run, start + 100 epochs", run, turns)


if __name__ == "__main__":
    main()
