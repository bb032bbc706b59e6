using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Functional.Host.Data;
using Functional.Host.Files;
using static Functional.Tests.Formats.Law;
using Functional.Tests.Data;

namespace Functional.Tests.Formats;

/// <summary>What is written is read as it was; what was cut is refused; what was changed is refused where a checksum
/// tells it, and is never read as what the checksum covers otherwise.</summary>
public class DataFileLaws
{
    private static readonly string[] InPaths = ["/", "\\", ":", ".."];

    private static byte[] Written(Action<Stream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    private static void Same(Tensor expected, Tensor found)
    {
        Assert.Equal((expected.Type, expected.Count), (found.Type, found.Count));
        Assert.Equal(expected.Shape, found.Shape);
        Assert.True(expected.Bytes.SequenceEqual(found.Bytes), $"other bits in {expected.Name}");
    }

    [Fact]
    public void Safetensors_files() => Holds(
        200,
        from tensors in Contents.Tensors
        from texts in Contents.Text.Two().ArrayOf()
        from damage in Damage.Any
        select (tensors, texts, damage),
        found => Simpler.Each(found, Simpler.Tensors, Simpler.Fewer, Simpler.Damages),
        found =>
        {
            var metadata = found.texts.DistinctBy(text => text.Item1)
                .ToDictionary(text => text.Item1, text => text.Item2);
            var bytes = Written(stream => Safetensors.Write(stream, found.tensors, metadata));
            Safetensors Read(byte[] some) => Safetensors.Read(new MemoryStream(some), "f");
            var file = Read(bytes);
            Assert.Equal(metadata, file.Metadata);
            Assert.Equal(found.tensors.Length, file.Tensors.Count);
            foreach (var tensor in found.tensors)
                Same(tensor, file[tensor.Name]);
            Assert.Equal(bytes, Written(stream => Safetensors.Write(stream, found.tensors.Reverse(), file.Metadata)));
            Refused(() => Read(found.damage.Shortened(bytes)));
            Refused(() => Read([.. bytes, 0]));
            Taken(() => Read(found.damage.Changed(bytes)));
        });

    [Fact]
    public void Arrays_of_NumPy() => Holds(
        300,
        from tensors in Contents.Tensors
        from damage in Damage.Any
        select (tensors, damage),
        found => Simpler.Each(found, Simpler.Tensors, Simpler.Damages),
        found =>
        {
            foreach (var tensor in found.tensors)
            {
                var bytes = Written(stream => Npy.Write(stream, tensor));
                Tensor Read(byte[] some) => Npy.Read(new MemoryStream(some), "f");
                Same(tensor, Read(bytes));
                Refused(() => Read(found.damage.Shortened(bytes)));
                Refused(() => Read([.. bytes, 0]));
                Taken(() => Read(found.damage.Changed(bytes)));
            }
        });

    [Fact]
    public void Archives_of_NumPy() => Holds(
        300,
        from tensors in Contents.Tensors
        from damage in Damage.Any
        select (tensors, damage),
        found => Simpler.Each(found, Simpler.Tensors, Simpler.Damages),
        found =>
        {
            // Archives have folders, arrays have none.
            if (found.tensors.Any(tensor => InPaths.Any($"{tensor.Name}.npy".Contains)))
            {
                Assert.Throws<ArgumentException>(() => Written(stream => Npz.Write(stream, found.tensors)));
                return;
            }
            var bytes = Written(stream => Npz.Write(stream, found.tensors));
            IReadOnlyList<Tensor> Read(byte[] some) => Npz.Read(new MemoryStream(some), "f");
            void Whole(IReadOnlyList<Tensor> tensors)
            {
                Assert.Equal(found.tensors.Length, tensors.Count);
                foreach (var (expected, tensor) in found.tensors.Zip(tensors))
                    Same(expected, tensor);
            }
            var read = Read(bytes);
            Whole(read);
            Assert.Equal(found.tensors.Select(tensor => tensor.Name), read.Select(tensor => tensor.Name));
            Refused(() => Read(found.damage.Shortened(bytes)));
            // The checksums cover the arrays, not their names, times and places.
            if (Taken(() => Read(found.damage.Changed(bytes))) is { } taken)
                Whole(taken);
        });

    [Fact]
    public void Images_and_labels() => Holds(
        300,
        from count in Gen.Choose(1, 5)
        from height in Gen.Choose(1, 5)
        from width in Gen.Choose(1, 5)
        from pixels in Contents.Elements<byte>(count * height * width)
        from gzip in Gen.Elements(false, true)
        from damage in Damage.Any
        select (new ImageFile(count, height, width, pixels), gzip, damage),
        found => Simpler.Each(found, Simpler.Images, Simpler.Choices, Simpler.Damages),
        found =>
        {
            var (images, gzip, damage) = found;
            var bytes = Written(stream => Idx.WriteImages(stream, images, gzip));
            ImageFile Read(byte[] some) => Idx.ReadImages(new MemoryStream(some), "f");
            void Same(ImageFile file)
            {
                Assert.Equal((images.Count, images.Height, images.Width), (file.Count, file.Height, file.Width));
                Assert.Equal(images.Pixels, file.Pixels);
            }
            Same(Read(bytes));
            Refused(() => Read(damage.Shortened(bytes)));
            Refused(() => Read([.. bytes, 0]));
            if (Taken(() => Read(damage.Changed(bytes))) is { } taken && gzip)
                Same(taken);
            bytes = Written(stream => Idx.WriteLabels(stream, images.Pixels, gzip));
            byte[] Labels(byte[] some) => Idx.ReadLabels(new MemoryStream(some), "f");
            Assert.Equal(images.Pixels, Labels(bytes));
            Refused(() => Labels(damage.Shortened(bytes)));
            if (Taken(() => Labels(damage.Changed(bytes))) is { } labels && gzip)
                Assert.Equal(images.Pixels, labels);
        });

    private static Gen<float> Finite { get; } =
        Contents.Elements<float>(1).Select(some => some[0]).Where(float.IsFinite);

    private static Gen<string[]> Names(int least) =>
        from some in Contents.Text.ArrayOf(least + 4)
        from plain in Gen.Choose(0, 99)
        let names = some.Select(text => text.Trim()).Where(text => text.Length > 0).Distinct()
            .Concat(Enumerable.Range(plain, least).Select(i => $"n{i}"))
        select names.Distinct().Take(least).ToArray();

    // RFC 4180, section 2: quotes around a cell, and each quote within it twice.
    private static string Cell(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [Fact]
    public void Tables() => Holds(
        200,
        from features in Gen.Choose(1, 4)
        from columns in Names(features + 1)
        from labelAt in Gen.Choose(0, features)
        from classes in Names(3)
        from rows in Gen.Choose(2, 6)
        from labels in Gen.ArrayOf(Gen.Elements(classes), rows)
        from numbers in Gen.ArrayOf(Finite, rows * features)
        from separator in Gen.Elements(',', ';', '\t')
        from ending in Gen.Elements("\n", "\r\n")
        from damage in Damage.Any
        where labels.Distinct().Count() > 1
        // NULs between the first letters are taken for UTF-16.
        where !columns[0].Contains('\0')
        select (columns, labelAt, labels, numbers, separator, ending, damage),
        found => Enumerable.Range(0, found.labels.Length).Select(row => found with
            {
                labels = Simpler.Without(found.labels, row),
                numbers = [.. found.numbers.Chunk(found.columns.Length - 1).Where((_, i) => i != row)
                    .SelectMany(cells => cells)],
            }).Where(fewer => fewer.labels.Distinct().Count() > 1)
            .Concat(Simpler.Damages(found.damage).Select(simpler => found with { damage = simpler })),
        found =>
        {
            var (columns, labelAt, labels, numbers, separator, ending, damage) = found;
            string[] features = [.. columns.Where((_, i) => i != labelAt)];
            var text = new StringBuilder().AppendJoin(separator, columns.Select(Cell)).Append(ending);
            foreach (var (row, label) in labels.Index())
            {
                var cells = numbers.Skip(row * features.Length).Take(features.Length)
                    .Select(number => ((double)number).ToString("R", CultureInfo.InvariantCulture)).ToList();
                cells.Insert(labelAt, Cell(label));
                text.AppendJoin(separator, cells).Append(ending);
            }
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            DataPart Read(byte[] some) => SmallTables.Read(
                some, columns[labelAt], new DataOptions { Task = TargetKind.Classes });
            var table = Read(bytes);
            Assert.Equal(features, table.Names());
            Assert.Equal(labels, table.Classes.Labels.Select(label => table.Classes.Classification.Names[label]));
            Assert.Equal(
                numbers.Select(number => BitConverter.DoubleToUInt64Bits(number)),
                table.Numbers().Select(number => BitConverter.DoubleToUInt64Bits(number)));
            Taken(() => Read(damage.Shortened(bytes)));
            Taken(() => Read(damage.Changed(bytes)));
        });
}
