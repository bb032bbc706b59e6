"""Training steps of PyTorch on the workloads of `functional bench`, to be run beside it in the same minutes.

Usage: python3 torch_steps.py [--mnist FOLDER] [--seconds S] [--only NAME]

Prints one JSON object per workload: microseconds per step, the fastest of five blocks after warming up, with the better
number of threads (1 or all). A step draws a random mini-batch out of 60,000 images held as float32 on the same
processor, runs forward and backward, and updates every parameter. Without --mnist the images are random.
"""
import argparse
import gzip
import json
import os
import pathlib
import time

import numpy
import torch
from torch import nn

# Name: hidden sizes, batch size, optimizer, and whether batch norm, dropout 0.2 and L2 1e-4 are added.
WORKLOADS = {
    "two-layer-sgd": ([50], 100, "sgd", False),
    "two-layer-adam": ([50], 100, "adam", False),
    "deep-sgd": ([100] * 4, 128, "sgd", False),
    "deep-adam": ([100] * 4, 128, "adam", False),
    "deep-regularized": ([100] * 4, 128, "sgd", True),
    "wide-adam": ([1024] * 2, 256, "adam", False),
}
BLOCKS = 5


def load(folder):
    """60,000 images (float32, a row each, 0 to 1) and their labels."""
    if folder is None:
        random = numpy.random.default_rng(1)
        images, labels = random.integers(0, 256, (60000, 784)), random.integers(0, 10, 60000)
    else:
        def content(name, header):
            data = gzip.decompress((pathlib.Path(folder) / name).read_bytes())
            return numpy.frombuffer(data, numpy.uint8, offset=header)
        images = content("train-images-idx3-ubyte.gz", 16).reshape(-1, 784)
        labels = content("train-labels-idx1-ubyte.gz", 8)
    return torch.from_numpy(images.astype(numpy.float32) / 255), torch.from_numpy(labels.astype(numpy.int64))


def network(hidden, regularized):
    layers, inputs = [], 784
    for units in hidden:
        layers.append(nn.Linear(inputs, units))
        if regularized:
            layers.append(nn.BatchNorm1d(units))
        layers.append(nn.ReLU())
        if regularized:
            layers.append(nn.Dropout(0.2))
        inputs = units
    layers.append(nn.Linear(inputs, 10))
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def optimizer_of(model, name, regularized):
    """The penalty is on weights alone."""
    weights = [p for layer in model if isinstance(layer, nn.Linear) for p in [layer.weight]]
    rest = [p for p in model.parameters() if all(p is not weight for weight in weights)]
    groups = [{"params": weights, "weight_decay": 1e-4 if regularized else 0}, {"params": rest}]
    return torch.optim.SGD(groups, lr=0.01) if name == "sgd" else torch.optim.Adam(groups, lr=0.001)


def block(step, seconds):
    """Seconds per step."""
    steps, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds or steps == 0:
        step()
        steps += 1
    return elapsed / steps


def measure(workload, images, labels, seconds):
    hidden, batch_size, rule, regularized = workload
    torch.manual_seed(1)
    model, loss_of = network(hidden, regularized), nn.CrossEntropyLoss()
    optimizer = optimizer_of(model, rule, regularized)

    def step():
        chosen = torch.randint(0, len(images), (batch_size,))
        optimizer.zero_grad(set_to_none=True)
        loss_of(model(images[chosen]), labels[chosen]).backward()
        optimizer.step()

    block(step, seconds / 2)
    return min(block(step, seconds / BLOCKS) for _ in range(BLOCKS))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mnist", help="a folder with MNIST's training files, compressed")
    parser.add_argument("--seconds", type=float, default=2, help="for the five blocks of a workload")
    parser.add_argument("--only", default="", help="a part of the workloads' names")
    options = parser.parse_args()
    images, labels = load(options.mnist)
    for name, workload in WORKLOADS.items():
        if options.only not in name:
            continue
        times = {}
        for threads in sorted({1, os.cpu_count()}):
            torch.set_num_threads(threads)
            times[threads] = measure(workload, images, labels, options.seconds)
        best = min(times, key=times.get)
        print(json.dumps({
            "peer": f"pytorch {torch.__version__}", "workload": name,
            "us_per_step": round(times[best] * 1e6, 1), "threads": best}), flush=True)


if __name__ == "__main__":
    main()
