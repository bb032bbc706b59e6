using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Runs;
using Xunit.Abstractions;

namespace Functional.Tests.Models;

public sealed class PhotoTests(ITestOutputHelper output)
{
    private static readonly Lazy<Model<float>> Trained = new(() =>
    {
        var run = new TrainingRun(new TrainConfiguration { Epochs = 10 }, DataSets.Load("digits"));
        return run.ModelOf(run.Run().State.Network);
    });

    [Fact]
    public void A_digit_photographed_is_the_digit()
    {
        var digits = DataSets.Load("digits").Test.Images;
        var right = 0;
        for (var i = 0; i < 50; i++)
        {
            var seen = new Images(digits.Height, digits.Width, PictureFit.Digit(
                Photo(digits[i].Span, digits.Height, digits.Width, i), "f", digits.Height, digits.Width).Pixels);
            if (Class(seen) == Class(digits.Take([i])))
                right++;
        }
        Assert.InRange(right, 45, 50);
        static int Class(Images image) => Trained.Value.Predict(image)[0].Class;
    }

    // How many photos of each kind are tried: what the environment variable FUNCTIONAL_PHOTOS says.
    private static readonly int Photos =
        int.TryParse(Environment.GetEnvironmentVariable("FUNCTIONAL_PHOTOS"), CultureInfo.InvariantCulture, out var all)
            ? all : 20;

    [Theory]
    [InlineData("even light")]
    [InlineData("gradient")]
    [InlineData("vignette")]
    [InlineData("shadow with a hard edge")]
    [InlineData("shadow with a soft edge")]
    [InlineData("lamp")]
    [InlineData("noise")]
    [InlineData("blue and red ink")]
    [InlineData("chalk")]
    [InlineData("chalk, gradient")]
    [InlineData("10 to 24 pixels")]
    [InlineData("3000 x 2000")]
    public void Light_is_no_ink(string kind)
    {
        var count = kind == "3000 x 2000" ? Math.Max(3, Photos / 10) : Photos;
        var (alike, refused) = Alike(
            count, (digit, height, width, i) => UnevenLight.Photo(digit, height, width, kind, i));
        output.WriteLine($"{kind}: {alike} of {count}, {refused} refused");
        Assert.True(alike >= 0.75 * count && refused <= count / 50, $"{kind}: {alike} of {count}, {refused} refused");
    }

    public static TheoryData<string> Papers => [.. OtherPapers.Kinds];

    [Theory]
    [MemberData(nameof(Papers))]
    public void Paper_is_no_ink(string kind)
    {
        var (alike, refused) = Alike(
            Photos / 2, (digit, height, width, i) => OtherPapers.Photo(digit, height, width, kind, i));
        output.WriteLine($"{kind}: {alike} of {Photos / 2}, {refused} refused");
        Assert.True(alike >= 0.7 * (Photos / 2), $"{kind}: {alike} of {Photos / 2}, {refused} refused");
    }

    private delegate Bitmap Camera(ReadOnlySpan<byte> digit, int height, int width, int seed);

    // How many photos are taken for what the digits themselves are taken for, and how many are refused.
    private static (int Alike, int Refused) Alike(int count, Camera camera)
    {
        var digits = DataSets.Load("digits").Test.Images;
        var (alike, refused) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var photo = camera(digits[i].Span, digits.Height, digits.Width, i);
            try
            {
                var seen = PictureFit.Digit(photo, "f", digits.Height, digits.Width).Pixels;
                if (Trained.Value.Predict(new Images(digits.Height, digits.Width, seen))[0].Class
                    == Trained.Value.Predict(digits.Take([i]))[0].Class)
                    alike++;
            }
            catch (DataException)
            {
                refused++;
            }
        }
        return (alike, refused);
    }

    [Fact]
    public void Ink_fits_the_box_and_its_mass_is_in_the_middle()
    {
        // A bar of ink on paper, dark on light and light on dark: the same image.
        byte[] Bar(byte paper, byte ink) =>
        [
            .. Enumerable.Range(0, 60 * 90).Select(i =>
                i / 90 is >= 5 and < 45 && i % 90 is >= 70 and < 80 ? ink : paper),
        ];
        var dark = PictureFit.Digit(new Bitmap(60, 90, 1, Bar(250, 20)), "f", 28, 28);
        Assert.Equal(dark.Pixels, PictureFit.Digit(new Bitmap(60, 90, 1, Bar(20, 250)), "f", 28, 28).Pixels);
        var rows = Enumerable.Range(0, 28).Where(row => dark.Pixels.Skip(row * 28).Take(28).Any(level => level > 0));
        var columns = Enumerable.Range(0, 28).Where(
            column => Enumerable.Range(0, 28).Any(row => dark.Pixels[(row * 28) + column] > 0));
        Assert.Equal(Enumerable.Range(4, 20), rows);
        Assert.Equal(5, columns.Count());
        Assert.InRange(columns.Average(), 13, 14);
    }

    [Theory]
    [InlineData(10, 10, 28, 28)]
    [InlineData(300, 7, 5, 9)]
    public void Stretching_keeps_the_mean(int height, int width, int newHeight, int newWidth)
    {
        var pixels = Enumerable.Range(0, height * width).Select(i => (byte)(i * 37 % 251)).ToArray();
        var stretched = PictureFit.Stretch(new Bitmap(height, width, 1, pixels), newHeight, newWidth);
        Assert.Equal(newHeight * newWidth, stretched.Pixels.Length);
        Assert.InRange(
            stretched.Pixels.Average(level => (double)level) - pixels.Average(level => (double)level), -0.5, 0.5);
    }

    [Fact]
    public void Paper_without_ink_is_refused() =>
        Assert.Equal("f: expected a picture of ink on paper, found nearly one shade",
            Assert.Throws<DataException>(() => PictureFit.Digit(
                new Bitmap(20, 20, 1, [.. Enumerable.Repeat((byte)200, 400)]), "f", 28, 28)).Message);

    // Ten times as large, dark on light, off the middle, on paper with texture.
    private static Bitmap Photo(ReadOnlySpan<byte> digit, int height, int width, int seed)
    {
        const int Scale = 10, Height = 500, Width = 700;
        var noise = new Random(seed);
        var pixels = new byte[Height * Width];
        var top = noise.Next(10, Height - (Scale * height) - 10);
        var left = noise.Next(10, Width - (Scale * width) - 10);
        for (var i = 0; i < pixels.Length; i++)
        {
            var (row, column) = (((i / Width) - top) / Scale, ((i % Width) - left) / Scale);
            var ink = i / Width >= top && i % Width >= left && row < height && column < width
                ? digit[(row * width) + column] : 0;
            pixels[i] = (byte)Math.Clamp(225 - (ink * 0.75) + noise.Next(-8, 9), 0, 255);
        }
        return new Bitmap(Height, Width, 1, pixels);
    }
}
