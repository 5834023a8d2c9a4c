"""PyTorch, with torch.compile of the whole step in one graph: rows, loss, gradient and Adam. See peer.py.

torch.optim and loss.backward() would each break the graph, so the gradient is torch.func's and Adam is written out.
"""
import peer
import torch
from torch_eager import infomax, start


@torch.compile(fullgraph=True, dynamic=False)
def step(X, rows, I, t, parameters, first, second):
    """Takes step t, a tensor, on the given rows of X, with Adam's first and second moments. Returns the loss."""
    gradients, loss = torch.func.grad_and_value(infomax, argnums=(0, 1))(*parameters, X.index_select(0, rows), I)
    t += 1
    rate, unbias = 1e-3 / (1 - 0.9**t), 1 / (1 - 0.999**t)
    for p, g, m, v in zip(parameters, gradients, first, second):
        m.lerp_(g, 0.1)
        v.lerp_(g * g, 0.001)
        p -= rate * m / ((v * unbias).sqrt() + 1e-8)
    return loss


def main():
    X, I, *parameters = start()
    first, second = [[torch.zeros_like(p) for p in parameters] for _ in range(2)]
    t = torch.tensor(0.0, dtype=torch.float64)
    for [order] in peer.turns(len(X)):
        losses = [step(X, rows, I, t, parameters, first, second) for rows in torch.from_numpy(order).split(peer.BATCH)]
        print(torch.stack(losses).mean().item(), flush=True)


if __name__ == "__main__":
    main()
