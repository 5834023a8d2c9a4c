"""JAX, with vmap of jax_scan.py's epoch: several runs at once, each in an order of its own. See peer.py."""
import jax
import peer
from jax_scan import adam, epoch, start


def main():
    pixels, parameters = start()
    state = parameters, jax.vmap(adam.init)(parameters)
    train = jax.jit(jax.vmap(epoch, in_axes=(0, None, 0)), donate_argnums=0)
    for orders in peer.turns(len(pixels), runs=len(parameters[0])):
        state, losses = train(state, pixels, orders)
        print(*losses.tolist(), flush=True)


if __name__ == "__main__":
    main()
