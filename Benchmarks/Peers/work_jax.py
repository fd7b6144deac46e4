"""The workloads of the comparison in JAX, compiled as a whole.

    python3 work_jax.py WORKLOAD THREADS

The protocol is that of work_torch.py.
"""

import math
import os
import sys

WORKLOAD, THREADS = sys.argv[1], int(sys.argv[2])
# Where the weights and points are that all sides solve with.
PROBLEM = os.environ.get("PEERS_PROBLEM", "")
# The same work in mixed precision: products of bfloat16, sums of float.
ROUNDED = WORKLOAD.endswith("-bfloat16")
os.environ["OMP_NUM_THREADS"] = str(THREADS)
os.environ["XLA_FLAGS"] = (
    f"--xla_cpu_multi_thread_eigen={'true' if THREADS > 1 else 'false'} "
    f"intra_op_parallelism_threads={THREADS}"
)

import jax
import jax.numpy as jnp
import numpy as np
import optax

from serve import serve

PLANE = [3, 256, 256, 256, 256, 2]


def mlp(key, widths):
    keys = jax.random.split(key, len(widths))
    return [
        (jax.random.normal(k, (n, m)) * (1 / n) ** 0.5, jnp.zeros(m))
        for k, n, m in zip(keys, widths, widths[1:])
    ]


def dense(x, weight, bias):
    if ROUNDED:
        x, weight = x.astype(jnp.bfloat16), weight.astype(jnp.bfloat16)
    return jnp.dot(x, weight, preferred_element_type=jnp.float32) + bias


def apply(parameters, t, x, activation):
    value = jnp.concatenate([t, x], axis=1)
    for weight, bias in parameters[:-1]:
        value = activation(dense(value, weight, bias))
    return dense(value, *parameters[-1])


def training(width, activation):
    rows, widths = 2_000, [3, width, width, width, width, 2]
    parameters = tuple(mlp(jax.random.PRNGKey(k), widths) for k in (0, 1))
    optimiser = optax.adam(2e-3)

    def losses(parameters, x0, x1, t):
        b, s = parameters
        velocity = apply(b, t, (1 - t) * x0 + t * x1, activation)
        loss = (0.5 * velocity**2 - (x1 - x0) * velocity).sum(1).mean()
        points = jnp.concatenate([t * x1 + (1 - t) * x0, t * x1 - (1 - t) * x0])
        score = apply(s, jnp.concatenate([t, t]), points, activation)
        target = jnp.concatenate([-x0, x0]) / jnp.concatenate([1 - t, 1 - t])
        return loss + (0.5 * score**2 - target * score).sum(1).mean()

    @jax.jit
    def step(parameters, state, key):
        key, *k = jax.random.split(key, 6)
        x0 = jax.random.normal(k[0], (rows, 2))
        x = jax.random.uniform(k[1], (rows,)) * 4 - 2
        y = jax.random.uniform(k[2], (rows,)) - 2 * jax.random.randint(k[3], (rows,), 0, 2)
        x1 = 2 * jnp.stack([x, y + jnp.floor(x) % 2], axis=1)
        t = jax.random.uniform(k[4], (rows, 1)) * 0.998 + 0.001
        gradient = jax.grad(losses)(parameters, x0, x1, t)
        updates, state = optimiser.update(gradient, state)
        return optax.apply_updates(parameters, updates), state, key

    now = [parameters, optimiser.init(parameters), jax.random.PRNGKey(2)]

    def one():
        now[:] = step(*now)
        jax.block_until_ready(now[2])

    return one


def small_step():
    parameters = mlp(jax.random.PRNGKey(0), [3, 64, 64, 64, 2])
    optimiser = optax.adam(1e-3)

    def loss(parameters, x0, x1, t):
        value = apply(parameters, t, (1 - t) * x0 + t * x1, jax.nn.selu)
        return ((value - (x1 - x0)) ** 2).mean()

    @jax.jit
    def step(parameters, state, key):
        key, a, b, c = jax.random.split(key, 4)
        x0, x1 = jax.random.normal(a, (256, 2)), jax.random.normal(b, (256, 2))
        gradient = jax.grad(loss)(parameters, x0, x1, jax.random.uniform(c, (256, 1)))
        updates, state = optimiser.update(gradient, state)
        return optax.apply_updates(parameters, updates), state, key

    now = [parameters, optimiser.init(parameters), jax.random.PRNGKey(2)]

    def one():
        now[:] = step(*now)
        jax.block_until_ready(now[2])

    return one


def sde():
    rows, steps, epsilon = 10_000, 100, 0.5
    b, s = mlp(jax.random.PRNGKey(0), PLANE), mlp(jax.random.PRNGKey(1), PLANE)

    def drift(t, x):
        column = jnp.full((rows, 1), t)
        return apply(b, column, x, jax.nn.relu) + epsilon * apply(s, column, x, jax.nn.relu)

    @jax.jit
    def sample(key):
        first, key = jax.random.split(key)
        dt = 1 / steps

        def body(carry, step):
            x, key = carry
            key, own = jax.random.split(key)
            t = step * dt
            noise = (2 * epsilon * dt) ** 0.5 * jax.random.normal(own, (rows, 2))
            k1 = drift(t, x)
            k2 = drift(t + dt, x + dt * k1 + noise)
            return (x + 0.5 * dt * (k1 + k2) + noise, key), None

        start = jax.random.normal(first, (rows, 2))
        return jax.lax.scan(body, (start, key), jnp.arange(steps))[0][0]

    return lambda: sample(jax.random.PRNGKey(5)).block_until_ready()


def likelihood(rows=10_000):
    steps = 20
    parameters = given_parameters()
    points = jnp.asarray(np.load(f"{PROBLEM}/points.npy")[:rows])

    def field_and_divergence(t, x):
        field = lambda x: apply(parameters, jnp.full((rows, 1), t), x, jax.nn.relu)
        trace = 0.0
        for i in range(2):
            unit = jnp.zeros((rows, 2)).at[:, i].set(1)
            value, slope = jax.jvp(field, (x,), (unit,))
            trace = trace + slope[:, i]
        return value, trace

    @jax.jit
    def density(points):
        h = -1 / steps

        def body(carry, step):
            x, change = carry
            t = 1 + step * h
            k1, d1 = field_and_divergence(t, x)
            k2, d2 = field_and_divergence(t + h / 2, x + h / 2 * k1)
            k3, d3 = field_and_divergence(t + h / 2, x + h / 2 * k2)
            k4, d4 = field_and_divergence(t + h, x + h * k3)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            return (x, change + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)), None

        x, change = jax.lax.scan(body, (points, jnp.zeros(rows)), jnp.arange(steps))[0]
        return -(x**2).sum(1) / 2 - math.log(2 * math.pi) + change

    def save(path: str) -> float:
        np.save(path, np.asarray(density(points)))
        return 4 * steps

    return (lambda: density(points).block_until_ready()), save


def given_parameters():
    """The weights that all sides share."""
    arrays = [jnp.asarray(np.load(f"{PROBLEM}/parameter-{i}.npy")) for i in range(10)]
    return [(arrays[i].T, arrays[i + 1]) for i in range(0, 10, 2)]


def dormand_prince():
    """b's ODE at a tolerance of 1e-5, diffrax's Dopri5 with one step for all points."""
    import diffrax

    parameters = given_parameters()
    start = jnp.asarray(np.load(f"{PROBLEM}/start.npy"))

    def field(t, x, _):
        return apply(parameters, jnp.full((x.shape[0], 1), t, x.dtype), x, jax.nn.relu)

    @jax.jit
    def solve(x):
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(field), diffrax.Dopri5(), 0.0, 1.0, None, x,
            stepsize_controller=diffrax.PIDController(rtol=1e-5, atol=1e-5),
        )
        return solution.ys[0], solution.stats["num_steps"]

    def save(path):
        ends, steps = solve(start)
        np.save(path, np.asarray(ends, dtype=np.float64))
        # The first stage of a step is the last of the step before.
        return 6 * int(steps) + 1

    return (lambda: solve(start)[0].block_until_ready()), save


def mixture():
    """b and s between N(0, Id) and five Gaussians in 128 dimensions, at 10,000 points."""
    jax.config.update("jax_enable_x64", True)
    dimension, modes, rows, t = 128, 5, 10_000, 0.4
    keys = jax.random.split(jax.random.PRNGKey(0), 3)
    means = 7.5 * jax.random.normal(keys[0], (modes, dimension))
    w = jax.random.normal(keys[1], (modes, dimension, dimension))
    covariances = jnp.swapaxes(w, 1, 2) @ w / dimension + jnp.eye(dimension)
    points = 3 * jax.random.normal(keys[2], (rows, dimension))

    @jax.jit
    def fields(x, t):
        identity = jnp.eye(dimension)
        alpha, beta, gamma2 = 1 - t, t, t * (1 - t)

        def pair(mean, covariance):
            own = (alpha**2 + gamma2) * identity + beta**2 * covariance
            factor = jnp.linalg.cholesky(own)
            white = jax.scipy.linalg.solve_triangular(factor, (x - beta * mean).T, lower=True)
            g = jax.scipy.linalg.solve_triangular(factor.T, white, lower=False).T
            logarithm = -0.5 * (white**2).sum(0) - jnp.log(jnp.diagonal(factor)).sum()
            gain = beta * covariance + (-alpha + 0.5 * (1 - 2 * t)) * identity
            return logarithm, mean + g @ gain.T, -g

        logarithms, velocities, scores = jax.vmap(pair)(means, covariances)
        weights = jax.nn.softmax(logarithms, axis=0)[:, :, None]
        return (weights * velocities).sum(0), (weights * scores).sum(0)

    return lambda: jax.block_until_ready(fields(points, t))


WORK = {
    "train-256": (lambda: training(256, jax.nn.relu), 5),
    "train-512-silu": (lambda: training(512, jax.nn.silu), 5),
    "small-step": (small_step, 1_000),
    "sde-heun-100": (sde, 1),
    "log-likelihood": (likelihood, 1),
    "log-likelihood-few": (lambda: likelihood(8), 20),
    "ode-dopri-1e-5": (dormand_prince, 1),
    "exact-mixture-128": (mixture, 5),
}

make, repeats = WORK[WORKLOAD.removesuffix("-bfloat16")]
work, save = made if isinstance(made := make(), tuple) else (made, None)
serve(work, repeats, f"JAX {jax.__version__}{' bfloat16' if ROUNDED else ''}", save)
