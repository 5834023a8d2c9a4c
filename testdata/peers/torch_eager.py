"""PyTorch, operation by operation, with the fused Adam. See peer.py."""
import peer
import torch

torch.set_num_threads(1)
torch.set_flush_denormal(True)


def infomax(W, b, x, I):
    """The loss of EXPERIMENT.md with λ = 1 and ReLU: W is K×784, b K, x a batch of N×784, I the K×K identity."""
    A = torch.relu(torch.nn.functional.linear(x, W, b))
    variance, mean = torch.var_mean(A, dim=0)  # of N−1
    variance = variance + peer.EPSILON
    S = (A - mean) * variance.rsqrt()
    C = S.T @ S / (len(x) - 1)
    return (C - I).square().sum() - variance.log().sum()


def start():
    """Returns X (N×784), I (K×K), W and b, as tensors of the type that the command line names."""
    kind, pixels, [W], [b] = peer.start()
    dtype = getattr(torch, kind)
    X = torch.tensor(pixels, dtype=dtype) / 255
    return X, torch.eye(len(b), dtype=dtype), torch.tensor(W, dtype=dtype), torch.tensor(b, dtype=dtype)


def main():
    X, I, W, b = start()
    W.requires_grad_()
    b.requires_grad_()
    optimizer = torch.optim.Adam([W, b], lr=1e-3, fused=True)
    for [order] in peer.turns(len(X)):
        losses = []
        for rows in torch.from_numpy(order).split(peer.BATCH):
            loss = infomax(W, b, X.index_select(0, rows), I)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        print(torch.stack(losses).mean().item(), flush=True)


if __name__ == "__main__":
    main()
