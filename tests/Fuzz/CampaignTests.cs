using Functional.Host.Data;
using static Functional.Tests.Data.SafetensorsBytes;

namespace Functional.Tests.Fuzz;

public class CampaignTests
{
    [Fact]
    public void A_mutation_is_a_function_of_its_number()
    {
        byte[][] files = [Written(OneOfEachType())];
        Assert.Equal(Mutations.Of(7, files), Mutations.Of(7, files));
        var different = Enumerable.Range(0, 100).Select(number => Convert.ToHexString(Mutations.Of(number, files))).Distinct();
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
}
