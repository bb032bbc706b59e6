using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Tests.Models;
using static Functional.Tests.Data.SafetensorsBytes;
using Functional.Tests.Data;

namespace Functional.Tests.Fuzz;

public class CampaignTests
{
    [Fact]
    public void A_mutation_is_a_function_of_its_number()
    {
        byte[][] files = [Written(OneOfEachType())];
        Assert.Equal(Mutations.Of(7, files), Mutations.Of(7, files));
        var different = Enumerable.Range(0, 100).Select(number => Convert.ToHexString(Mutations.Of(number, files)))
            .Distinct();
        Assert.InRange(different.Count(), 90, 100);
    }

    [Fact]
    public void Safetensors()
    {
        byte[][] files =
        [
            Written(OneOfEachType(), new() { ["made by"] = "a test", ["é"] = "\n" }),
            Written([Tensor.Of<float>("w", [2, 3], [1, 2, 3, 4, 5, 6]), Tensor.Of<float>("b", [2], [7, 8])]),
        ];
        var (read, refused) = Campaign.Run(files, bytes =>
        {
            var file = Read(bytes);
            // What was read can be written, and says the same again.
            var again = Read(Written(file.Tensors, new(file.Metadata)));
            Assert.Equal(file.Metadata.OrderBy(text => text.Key), again.Metadata.OrderBy(text => text.Key));
            Assert.Equal(file.Tensors.Count, again.Tensors.Count);
            foreach (var tensor in file.Tensors)
            {
                Assert.Equal(tensor.Shape, again[tensor.Name].Shape);
                Assert.True(tensor.Bytes.SequenceEqual(again[tensor.Name].Bytes));
            }
        });
        Assert.True(read > Campaign.Cases / 20 && refused > Campaign.Cases / 2, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Idx_images()
    {
        var images = new ImageFile(3, 4, 2, [.. Enumerable.Range(1, 24).Select(i => (byte)(10 * i))]);
        byte[] Bytes(bool gzip)
        {
            var stream = new MemoryStream();
            Idx.WriteImages(stream, images, gzip);
            return stream.ToArray();
        }
        var (read, refused) = Campaign.Run([Bytes(false), Bytes(true)], bytes =>
        {
            var found = Idx.ReadImages(new MemoryStream(bytes), "f");
            var stream = new MemoryStream();
            Idx.WriteImages(stream, found);
            if (bytes is not [0x1F, 0x8B, ..])
                Assert.Equal(bytes, stream.ToArray());
        });
        Assert.True(read > Campaign.Cases / 20 && refused > Campaign.Cases / 2, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Idx_labels()
    {
        var stream = new MemoryStream();
        Idx.WriteLabels(stream, [7, 0, 9, 3, 1, 4, 1, 5]);
        byte[][] files = [stream.ToArray()];
        var (_, refused) = Campaign.Run(files, bytes =>
        {
            var labels = Idx.ReadLabels(new MemoryStream(bytes), "f");
            Assert.Equal(bytes[8..], labels);
        });
        Assert.True(refused > Campaign.Cases / 2);
    }

    [Fact]
    public void Models()
    {
        var table = new LayerTable<float> {
            ["scale"] = saved => new LimitedScale<float>(saved.Parameters[0].Values, 1.5) };
        static byte[] Bytes(Network<float> network)
        {
            var stream = new MemoryStream();
            Model.Save(stream, new Model<float>(network));
            return stream.ToArray();
        }
        var own = Network.Of<float>(
            [new LimitedScale<float>(MathNet.Numerics.LinearAlgebra.Vector<float>.Build.Dense(3, 1), 1.5)]);
        var every = ExampleNetworks.OfEveryKind<float>();
        byte[][] files = [Bytes(every), Bytes(own)];
        var (read, refused) = Campaign.Run(files, bytes =>
        {
            var model = Model.Load(new MemoryStream(bytes), "f", table);
            // A digest stands for every bit: what is read is one of the two, or lost its digest with its architecture.
            Assert.Contains(files, file => file.AsSpan().SequenceEqual(bytes));
            Assert.Contains(model.Network.Layers.Count, (int[])[every.Layers.Count, 1]);
        });
        Assert.True(refused > Campaign.Cases * 9 / 10, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Weights_of_other_tools()
    {
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => i / 8f)];
        byte[][] files =
        [
            Written(
            [
                Tensor.Of("0.weight", [4, 3], Numbers(12)), Tensor.Of("0.bias", [4], Numbers(4)),
                Tensor.Of("1.weight", [4], Numbers(4)), Tensor.Of("1.bias", [4], Numbers(4)),
                Tensor.Of("1.running_mean", [4], Numbers(4)), Tensor.Of("1.running_var", [4], Numbers(4)),
                Tensor.Of<long>("1.num_batches_tracked", [], [9]), Tensor.Of("3.weight", [2, 4], Numbers(8)),
            ]),
        ];
        var (read, refused) = Campaign.Run(files, bytes =>
        {
            var network = Model.Load<float>(new MemoryStream(bytes), "f", activation: Activation.Relu).Network;
            network.Predict(MathNet.Numerics.LinearAlgebra.Matrix<float>.Build.Dense(network.Inputs, 2));
        });
        Assert.True(read > Campaign.Cases / 50 && refused > Campaign.Cases / 2, $"{read} read, {refused} refused");
    }

    private static byte[] Bytes(Action<Stream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    [Fact]
    public void Npy_arrays()
    {
        var matrix = Bytes(stream => Npy.Write(stream, Tensor.Of<float>("x", [2, 3], [1, 2, 3, 4, 5, 6])));
        byte[] Fortran(byte[] bytes) =>
            [.. bytes[..(bytes.AsSpan().IndexOf("False"u8))], .. "True "u8,
                .. bytes[(bytes.AsSpan().IndexOf("False"u8) + 5)..]];
        byte[][] files = [matrix, Fortran(matrix),
            .. OneOfEachType().Select(tensor => Bytes(stream => Npy.Write(stream, tensor)))];
        var (read, refused) = Campaign.Run(files, bytes =>
        {
            var tensor = Npy.Read(new MemoryStream(bytes), "f");
            // What was read can be written, and says the same again.
            var again = Npy.Read(new MemoryStream(Bytes(stream => Npy.Write(stream, tensor))), "f");
            Assert.Equal((tensor.Type, tensor.Count), (again.Type, again.Count));
            Assert.Equal(tensor.Shape, again.Shape);
            Assert.True(tensor.Bytes.SequenceEqual(again.Bytes));
        });
        Assert.True(read > Campaign.Cases / 20 && refused > Campaign.Cases / 3, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Npz_archives()
    {
        Tensor[] arrays = [Tensor.Of<byte>("x", [3], [1, 2, 3]), Tensor.Of("zeros", [50, 50], new double[2500])];
        var deflated = Bytes(stream =>
        {
            using var archive = new System.IO.Compression.ZipArchive(
                stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true);
            foreach (var tensor in arrays)
            {
                using var part = archive.CreateEntry($"{tensor.Name}.npy").Open();
                Npy.Write(part, tensor);
            }
        });
        var (read, refused) = Campaign.Run([Bytes(stream => Npz.Write(stream, arrays)), deflated], bytes =>
        {
            foreach (var tensor in Npz.Read(new MemoryStream(bytes), "f"))
                Assert.True(tensor.Count == arrays[0].Count || tensor.Count == arrays[1].Count);
        });
        Assert.True(read > Campaign.Cases / 50 && refused > Campaign.Cases / 3, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Tables()
    {
        byte[][] files =
        [
            .. from text in (string[])
               [
                   "a,b,kind\n1,2.5,x\n-3e-1,4,y\n5,6,x\n", "a;kind\r\n\"1\";\"x, or \"\"y\"\"\"\r\n2;z\r\n",
                   "kind\ta\n1\t2\n3\t4\n5\t6\n",
               ]
               select System.Text.Encoding.UTF8.GetBytes(text),
        ];
        var (read, refused) = Campaign.Run(files, bytes =>
        {
            var table = SmallTables.Read(bytes);
            Assert.Equal(table.Count * table.Names().Length, table.Numbers().Length);
            Assert.All(table.Numbers(), number => Assert.False(double.IsInfinity((float)number)));
            Assert.Equal(table.Count, table.Targets.Count);
        });
        Assert.True(read > Campaign.Cases / 10 && refused > Campaign.Cases / 3, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Gray_images()
    {
        byte[][] files = [[.. "P5\n# a\n3 2\n255\n"u8, 1, 2, 3, 4, 5, 6], [.. "P2 2 2 15\n0 1\n2 15\n"u8]];
        var (read, refused) = Campaign.Run(files, bytes =>
        {
            var image = Pgm.Read(new MemoryStream(bytes), "f");
            Assert.Equal(image.Width * image.Height, image.Pixels.Length);
        });
        Assert.True(read > Campaign.Cases / 10 && refused > Campaign.Cases / 3, $"{read} read, {refused} refused");
    }
}
