using TorchSharp;
using static TorchSharp.torch;

namespace Functional.Benchmarks.Torch;

/// <summary>A training step as one TorchScript function: derivatives written by hand, the update fused, so that nothing
/// but LibTorch's own operations takes time.</summary>
internal sealed class ScriptedStep
{
    private const string Source = """
        def channels_last(x: Tensor):
            return x.contiguous(memory_format=2)

        def pass_of(x: Tensor, t: Tensor, weights: List[Tensor], biases: List[Tensor], last: bool):
            kinds = [KINDS]
            pads = [PADS]
            if last:
                x = x.contiguous(memory_format=2)
            ins, outs, extras = [x], [x], [x]
            w = 0
            for k in range(len(kinds)):
                ins.append(x)
                extra = x
                if kinds[k] == 0:
                    x = torch.relu_(torch.conv2d(x, weights[w], biases[w], [1, 1], [pads[k], pads[k]], [1, 1], 1))
                    w += 1
                elif kinds[k] == 1:
                    x, extra = torch.max_pool2d_with_indices(x, [2, 2], [2, 2], [0, 0], [1, 1], False)
                elif kinds[k] == 4:
                    x, extra = torch.native_dropout(x, 0.5, True)
                else:
                    x = torch.addmm(biases[w], torch.flatten(x, 1), weights[w].t())
                    if kinds[k] == 3:
                        x = torch.relu_(x)
                    w += 1
                outs.append(x)
                extras.append(extra)
            d = torch.softmax(x, 1)
            d.scatter_(1, t.unsqueeze(1), -1.0, reduce="add")
            d.div_(t.size(0))
            gw, gb = [d], [d]
            for j in range(len(kinds)):
                k = len(kinds) - 1 - j
                if kinds[k] == 0:
                    w -= 1
                    d = torch.threshold_backward(d, outs[k + 1], 0)
                    first = w == 0
                    d, dw, db = torch.convolution_backward(
                        d, ins[k + 1], weights[w], [weights[w].size(0)], [1, 1], [pads[k], pads[k]], [1, 1], False,
                        [0, 0], 1, [not first, True, True])
                    gw.append(dw)
                    gb.append(db)
                elif kinds[k] == 1:
                    d = torch.max_pool2d_with_indices_backward(
                        d.reshape(outs[k + 1].size()), ins[k + 1], [2, 2], [2, 2], [0, 0], [1, 1], False, extras[k + 1])
                elif kinds[k] == 4:
                    d = torch.native_dropout_backward(d, extras[k + 1], 2.0)
                else:
                    w -= 1
                    if kinds[k] == 3:
                        d = torch.threshold_backward(d, outs[k + 1], 0)
                    gw.append(torch.mm(d.t(), torch.flatten(ins[k + 1], 1)))
                    gb.append(d.sum(0))
                    d = torch.mm(d, weights[w])
            gw = gw[1:]
            gb = gb[1:]
            gw.reverse()
            gb.reverse()
            return gw + gb

        def step(x: Tensor, t: Tensor, batch: int, weights: List[Tensor], biases: List[Tensor], last: bool,
                 every: List[Tensor], m: List[Tensor], v: List[Tensor], counts: List[Tensor]):
            i = torch.randint(0, x.size(0), [batch])
            gradients = pass_of(torch.index_select(x, 0, i), torch.index_select(t, 0, i), weights, biases, last)
            if len(m) == 0:
                torch._fused_sgd_(every, gradients, [], weight_decay=0.0, momentum=0.0, lr=0.01, dampening=0.0,
                                  nesterov=False, maximize=False, is_first_step=False)
            else:
                torch._foreach_add_(counts, 1)
                torch._fused_adam_(every, gradients, m, v, [], counts, lr=0.001, beta1=0.9, beta2=0.999,
                                   weight_decay=0.0, eps=1e-8, amsgrad=False, maximize=False)
            return i

        """;

    private readonly jit.CompilationUnit unit;
    private readonly Plan plan;
    private readonly bool channelsLast;
    private readonly Tensor images, labels;
    private readonly Tensor[] weights, biases, all, means, squares, counts;

    public ScriptedStep(Plan plan, Tensor images, Tensor labels, bool channelsLast)
    {
        (this.plan, this.images, this.labels, this.channelsLast) = (plan, images, labels, channelsLast);
        random.manual_seed(1);
        unit = Compiled(plan.Parts);
        weights = [.. plan.Weights().Select(shape =>
            randn(shape) * Math.Sqrt(2.0 / shape[1..].Aggregate((a, b) => a * b)))];
        if (channelsLast)
            weights = [.. weights.Select(w => w.dim() == 4 ? (Tensor)unit.invoke("channels_last", w) : w)];
        biases = [.. weights.Select(w => zeros(w.shape[0]))];
        all = [.. weights, .. biases];
        var remembered = plan.IsPlain ? [] : all;
        means = [.. remembered.Select(leaf => zeros_like(leaf))];
        squares = [.. remembered.Select(leaf => zeros_like(leaf))];
        counts = [.. remembered.Select(_ => tensor(0f))];
    }

    private static jit.CompilationUnit Compiled(Part[] parts) => jit.compile(
        Source.Replace("KINDS", string.Join(", ", parts.Select(part => (int)part.Kind)), StringComparison.Ordinal)
            .Replace("PADS", string.Join(", ", parts.Select(part => part.Padding)), StringComparison.Ordinal));

    /// <summary>One step on samples drawn anew.</summary>
    public void Run() => ((Tensor)unit.invoke(
        "step", images, labels, plan.Batch, weights, biases, channelsLast, all, means, squares, counts))
        .Dispose();

    /// <summary>How far the gradient by hand is from LibTorch's own, without dropout: the largest difference of a
    /// leaf as a share of the largest element.</summary>
    public double LargestError()
    {
        using var scope = NewDisposeScope();
        var (x, t) = (images.narrow(0, 0, plan.Batch), labels.narrow(0, 0, plan.Batch));
        var parts = plan.Parts.Where(part => part.Kind != Kind.Dropout).ToArray();
        var found = (Tensor[])Compiled(parts).invoke("pass_of", x, t, weights, biases, channelsLast);
        var leaves = all.Select(leaf => leaf.detach().clone().requires_grad_()).ToArray();
        var (w, b) = (leaves[..weights.Length], leaves[weights.Length..]);
        var next = 0;
        foreach (var part in parts)
            switch (part.Kind)
            {
                case Kind.Convolution:
                    x = nn.functional.conv2d(x, w[next], b[next++], padding: [part.Padding, part.Padding]).relu();
                    break;
                case Kind.Pooling:
                    x = nn.functional.max_pool2d(x, 2);
                    break;
                default:
                    x = nn.functional.linear(x.flatten(1), w[next], b[next++]);
                    x = part.Kind == Kind.AffineRelu ? x.relu() : x;
                    break;
            }
        nn.functional.cross_entropy(x, t).backward();
        return found.Zip(leaves).Max(pair =>
            ((pair.First - pair.Second.grad!).abs().max() / pair.Second.grad!.abs().max()).item<float>());
    }
}
