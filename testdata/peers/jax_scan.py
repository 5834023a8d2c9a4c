"""JAX, with jit of a whole epoch: a scan over its batches. See peer.py.

The pixels stay bytes, which is faster than floats here: a batch is converted where it is read.
"""
import peer
import jax, optax
import jax.numpy as jnp

adam = optax.adam(1e-3)


def infomax(parameters, x):
    """The loss of EXPERIMENT.md with λ = 1 and ReLU: W is K×784, b K, x a batch of N×784."""
    W, b = parameters
    A = jax.nn.relu(x @ W.T + b)
    variance = A.var(axis=0, ddof=1) + peer.EPSILON
    S = (A - A.mean(axis=0)) * jax.lax.rsqrt(variance)
    C = S.T @ S / (len(x) - 1)
    return jnp.square(C - jnp.eye(len(C), dtype=C.dtype)).sum() - jnp.log(variance).sum()


def epoch(state, pixels, order):
    """Takes the steps on the batches of order, the last of which may be shorter. Returns state and mean loss."""

    def step(state, rows):
        parameters, moments = state
        x = pixels[rows].astype(parameters[0].dtype) / 255
        loss, gradient = jax.value_and_grad(infomax)(parameters, x)
        updates, moments = adam.update(gradient, moments)
        return (optax.apply_updates(parameters, updates), moments), loss

    batches, rest = jnp.split(order, [len(order) // peer.BATCH * peer.BATCH])
    state, losses = jax.lax.scan(step, state, batches.reshape(-1, peer.BATCH))
    if len(rest) > 0:
        state, last = step(state, rest)
        losses = jnp.append(losses, last)
    return state, losses.mean()


def start():
    """Returns the pixels and, for all runs of the command line, W and b."""
    kind, pixels, W, b = peer.start()
    jax.config.update("jax_enable_x64", kind == "float64")
    return jnp.asarray(pixels), (jnp.asarray(W, kind), jnp.asarray(b, kind))


def main():
    pixels, [[W], [b]] = start()
    state = (W, b), adam.init((W, b))
    train = jax.jit(epoch, donate_argnums=0)
    for [order] in peer.turns(len(pixels)):
        state, loss = train(state, pixels, order)
        print(float(loss), flush=True)


if __name__ == "__main__":
    main()
