using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Functional.Benchmarks.Torch;

/// <summary>Files by which the tests read another tool's weights (tests/Models/TorchWeightsTests.cs).</summary>
internal static class ForeignWeights
{
    /// <summary>Writes <c>weights.safetensors</c>, a network's state, and <c>scores.safetensors</c>: images and what it
    /// makes of them.</summary>
    public static void Write(string folder, long seed)
    {
        random.manual_seed(seed);
        using var network = nn.Sequential(
            nn.Conv2d(2, 8, 3, padding: 1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 8, 3, stride: 2, padding: 1, groups: 8), nn.Tanh(),
            nn.Conv2d(8, 6, 3, padding: 2, dilation: 2), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(12, 5));
        using var images = randn(4, 2, 12, 14);
        using (no_grad())
        {
            foreach (var (_, values) in network.named_parameters())
                values.uniform_(-1, 1);
            // Statistics that are not those before training.
            network.train();
            network.call(2 * images + 1).Dispose();
            network.eval();
            using var scores = network.call(images);
            Directory.CreateDirectory(folder);
            Save(Path.Combine(folder, "weights.safetensors"), network.state_dict());
            Save(Path.Combine(folder, "scores.safetensors"), new() { ["images"] = images, ["scores"] = scores });
        }
    }

    // The length of the header, the header in JSON, and the bytes of all tensors.
    private static void Save(string path, Dictionary<string, Tensor> tensors)
    {
        var (header, data) = (new Dictionary<string, object>(), new MemoryStream());
        foreach (var (name, tensor) in tensors)
        {
            var start = data.Length;
            data.Write([.. tensor.contiguous().bytes]);
            header[name] = new
            {
                dtype = tensor.dtype == ScalarType.Float32 ? "F32" : "I64",
                tensor.shape,
                data_offsets = new[] { start, data.Length },
            };
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        using var file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)json.Length));
        file.Write(json);
        data.WriteTo(file);
    }
}
