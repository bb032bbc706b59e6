"""Makes conv_simple and conv_deep, the cases of chapters 7 and 8 of Deep Learning from Scratch, in double precision.

    python3 convolution.py          # needs NumPy; writes the folders beside this file

Every window is written out (7.4.2), so that a convolution is one matrix product. A sample is a row here: channel after
channel, row after row. A weight is the matrix that the product takes: elements of a window x filters.
"""
import hashlib
import json
import os

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

LOSS_EPSILON = 1e-7


def places(channels, height, width, size, stride):
    """The places, in a padded sample, of each window's elements: windows x (channels x size x size)."""
    padded = np.arange(channels * height * width).reshape(channels, height, width)
    windows = sliding_window_view(padded, (channels, size, size))[0, ::stride, ::stride]
    return windows.reshape(-1, channels * size * size), windows.shape[:2]


class Convolution:
    def __init__(self, shape, filters, size, padding):
        self.shape, self.filters, self.size, self.padding = shape, filters, size, padding
        channels, height, width = shape
        self.padded = (channels, height + 2 * padding, width + 2 * padding)
        self.at, out = places(*self.padded, size, 1)
        self.output = (filters, *out)
        self.weights = (channels * size * size, filters)

    def forward(self, x, w, b):
        p = self.padding
        x = np.pad(x.reshape(-1, *self.shape), ((0, 0), (0, 0), (p, p), (p, p)))
        self.windows, self.w = x.reshape(len(x), -1)[:, self.at], w
        return (self.windows @ w + b).transpose(0, 2, 1).reshape(len(x), -1)

    def backward(self, dy):
        dy = dy.reshape(len(dy), self.filters, -1).transpose(0, 2, 1)
        dw = np.einsum("npk,npo->ko", self.windows, dy)
        padded = np.zeros((len(dy), int(np.prod(self.padded))))
        for dx, windows in zip(padded, dy @ self.w.T):
            np.add.at(dx, self.at, windows)
        p, (channels, height, width) = self.padding, self.padded
        dx = padded.reshape(-1, channels, height, width)[:, :, p:height - p, p:width - p]
        return dx.reshape(len(dy), -1), dw, dy.sum((0, 1))


class Pooling:
    """The largest of each window of 2 x 2."""

    def __init__(self, shape):
        channels, height, width = shape
        self.at, out = places(1, height, width, 2, 2)
        self.shape, self.output = shape, (channels, *out)

    def forward(self, x):
        windows = x.reshape(len(x), self.shape[0], -1)[:, :, self.at]
        self.kept = windows.argmax(3)
        return windows.max(3).reshape(len(x), -1)

    def backward(self, dy):
        dx = np.zeros((len(dy), self.shape[0], self.shape[1] * self.shape[2]))
        at = self.at[np.arange(len(self.at)), self.kept]
        np.put_along_axis(dx, at, dy.reshape(at.shape), 2)
        return dx.reshape(len(dy), -1)


class Affine:
    def __init__(self, inputs, outputs):
        self.weights = (inputs, outputs)

    def forward(self, x, w, b):
        self.x, self.w = x, w
        return x @ w + b

    def backward(self, dy):
        return dy @ self.w.T, self.x.T @ dy, dy.sum(0)


class Relu:
    def forward(self, x):
        self.on = x > 0
        return x * self.on

    def backward(self, dy):
        return dy * self.on


class Dropout:
    def __init__(self, ratio):
        self.ratio, self.mask = ratio, None

    def forward(self, x):
        return x * (1 - self.ratio if self.mask is None else self.mask)

    def backward(self, dy):
        return dy * self.mask


def loss_of(scores, labels):
    e = np.exp(scores - scores.max(1, keepdims=True))
    y = e / e.sum(1, keepdims=True)
    rows = np.arange(len(labels))
    dy = y.copy()
    dy[rows, labels] -= 1
    return -np.log(y[rows, labels] + LOSS_EPSILON).mean(), dy / len(labels)


def run(layers, parameters, x):
    left = iter(parameters)
    for layer in layers:
        x = layer.forward(x, next(left), next(left)) if hasattr(layer, "weights") else layer.forward(x)
    return x


def gradient(layers, parameters, x, labels):
    loss, d = loss_of(run(layers, parameters, x), labels)
    found = []
    for layer in reversed(layers):
        if hasattr(layer, "weights"):
            d, dw, db = layer.backward(d)
            found = [dw, db] + found
        else:
            d = layer.backward(d)
    return loss, found


class Sgd:
    def __init__(self, rate):
        self.text = {"name": "SGD", "lr": rate, "formula": "W -= lr*g"}
        self.rate = rate

    def update(self, parameters, gradients):
        return [p - self.rate * g for p, g in zip(parameters, gradients)]


class Adam:
    def __init__(self, rate):
        self.text = {
            "name": "Adam", "lr": rate, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7,
            "epsilon_place": "outside the square root",
            "formula": "lr_t = lr*sqrt(1-beta2^t)/(1-beta1^t); m += (1-beta1)*(g-m); v += (1-beta2)*(g^2-v); "
                       "W -= lr_t*m/(sqrt(v) + 1e-7)"}
        self.rate, self.t = rate, 0

    def update(self, parameters, gradients):
        if self.t == 0:
            self.m, self.v = [0 * g for g in gradients], [0 * g for g in gradients]
        self.t += 1
        rate = self.rate * np.sqrt(1 - 0.999 ** self.t) / (1 - 0.9 ** self.t)
        self.m = [m + 0.1 * (g - m) for m, g in zip(self.m, gradients)]
        self.v = [v + 0.001 * (g * g - v) for v, g in zip(self.v, gradients)]
        return [p - rate * m / (np.sqrt(v) + 1e-7) for p, m, v in zip(parameters, self.m, self.v)]


def build(shape, plan):
    """Layers for words such as `conv:30:5:0` (filters, size, padding), `pool`, `relu`, `affine:100`, `dropout:0.5`."""
    layers, names, image, numbers = [], [], shape, {}
    features = int(np.prod(shape))
    sizes = []
    for word in plan:
        kind, *values = word.split(":")
        if kind == "conv":
            layers.append(Convolution(image, *map(int, values)))
            image = layers[-1].output
        elif kind == "pool":
            layers.append(Pooling(image))
            image = layers[-1].output
        elif kind == "affine":
            sizes = sizes or [features]
            layers.append(Affine(features, int(values[0])))
            sizes.append(int(values[0]))
            features = int(values[0])
        else:
            layers.append(Relu() if kind == "relu" else Dropout(float(values[0])))
        if kind in ("conv", "pool"):
            features = int(np.prod(image))
        name = {"conv": "Convolution", "pool": "Pooling", "affine": "Affine", "dropout": "Dropout"}.get(kind, kind)
        numbers[name] = numbers.get(name, 0) + 1
        names.append(f"{name}{numbers[name]}")
    return layers, names, sizes


def write(name, purpose, source, shape, plan, optimizer, batch, steps, seed):
    rng = np.random.default_rng(seed)
    layers, names, sizes = build(shape, plan)
    # Classes that can be told apart: a pattern each, and noise.
    patterns = rng.random((10, int(np.prod(shape))))
    labels, test_labels = rng.integers(0, 10, 40), rng.integers(0, 10, 20)
    inputs = 0.5 * patterns[labels] + 0.5 * rng.random((40, patterns.shape[1]))
    test = 0.5 * patterns[test_labels] + 0.5 * rng.random((20, patterns.shape[1]))
    parameters = []
    for layer in layers:
        if hasattr(layer, "weights"):
            parameters += [rng.normal(0, np.sqrt(2 / layer.weights[0]), layer.weights), np.zeros(layer.weights[1])]
    tensors = {f"init.{'Wb'[i % 2]}{i // 2 + 1}": p for i, p in enumerate(parameters)}
    indices = rng.integers(0, 40, (steps, batch))
    dropouts = [layer for layer in layers if isinstance(layer, Dropout)]
    units = sizes[1:]
    masks = [rng.random((steps, batch, n)) > layer.ratio for layer, n in zip(dropouts, units)]
    before, after = np.zeros(steps), np.zeros(steps)
    for step in range(steps):
        x, t = inputs[indices[step]], labels[indices[step]]
        for layer, mask in zip(dropouts, masks):
            layer.mask = mask[step]
        before[step], found = gradient(layers, parameters, x, t)
        if step == 0:
            tensors |= {f"grad0.{'Wb'[i % 2]}{i // 2 + 1}": g for i, g in enumerate(found)}
        parameters = optimizer.update(parameters, found)
        for layer in dropouts:
            layer.mask = None
        after[step], _ = loss_of(run(layers, parameters, x), t)
    tensors |= {f"final.{'Wb'[i % 2]}{i // 2 + 1}": p for i, p in enumerate(parameters)}
    tensors |= {"loss": before, "loss_after_eval": after, "eval_scores": run(layers, parameters, test)}
    tensors |= {"indices": indices.astype(np.int32), "labels": labels[indices].astype(np.uint8)}
    tensors |= {"inputs": inputs, "input_labels": labels.astype(np.uint8), "test_inputs": test}
    tensors |= {f"mask.{i + 1}": mask.astype(np.uint8) for i, mask in enumerate(masks)}

    header, data = {}, b""
    for key, tensor in tensors.items():
        kind = {"float64": "F64", "int32": "I32", "uint8": "U8"}[str(tensor.dtype)]
        row_major = np.ascontiguousarray(tensor).tobytes()
        header[key] = {
            "dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(row_major)]}
        data += row_major
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    content = len(text).to_bytes(8, "little") + text + data
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "tensors.safetensors"), "wb") as file:
        file.write(content)

    of = [layer for layer in layers if isinstance(layer, Convolution)]
    case = {
        "name": name, "format": 1, "kind": "train", "purpose": purpose, "source": source,
        "net": {
            "image": list(shape),
            "convolutions": [{"filters": c.filters, "kernel": c.size, "padding": c.padding} for c in of],
            "sizes": sizes, "layers": names + ["SoftmaxWithLoss"],
            "dropout_ratio": dropouts[0].ratio if dropouts else 0.0},
        "optimizer": optimizer.text, "batch_size": batch, "steps": steps,
        "data": {"set": "in the case", "seed": seed, "program": "convolution.py"},
        "numpy": np.__version__,
        "layout": "Row-major. x is N x (channel, row, column); W of a convolution is (channel, row, column) x filters, "
                  "of an affine layer in x out. Weights are numbered over both. Pooling keeps the largest of 2 x 2.",
        "tensor_file": "tensors.safetensors", "tensor_sha256": hashlib.sha256(content).hexdigest()}
    with open(os.path.join(folder, "case.json"), "w") as file:
        json.dump(case, file, indent=1)
        file.write("\n")


write(
    "conv_simple", "7.5's network on images of 8 x 8", "the book's formulas: 7.4, 7.5, 6.1.6", (1, 8, 8),
    ["conv:30:5:0", "relu", "pool", "affine:100", "relu", "affine:10"], Adam(0.001), 10, 10, 71)
write(
    "conv_deep", "8.1's order of layers, with few filters, on images of 8 x 8", "the book's formulas: 7.4, 8.1, 6.3.3",
    (1, 8, 8),
    ["conv:3:3:1", "relu", "conv:4:3:1", "relu", "pool", "conv:5:3:1", "relu", "conv:4:3:2", "relu", "pool",
     "conv:6:3:1", "relu", "conv:5:3:1", "relu", "pool", "affine:12", "relu", "dropout:0.5", "affine:10",
     "dropout:0.5"], Sgd(0.05), 10, 10, 81)
