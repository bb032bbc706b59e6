using Functional.Host.Charts;


namespace Functional.Host.Experiments;

/// <summary>More samples out of the same ones. Source: Deep Learning from Scratch, exercises to chapter 6.</summary>
public sealed class AugmentationExperiment : Experiment
{
    private const int Digits = 4, Crops = 9, Margin = 4;

    /// <inheritdoc/>
    public override string Name => "augmentation";

    /// <inheritdoc/>
    public override Words Title => ("Data augmentation", "データ拡張（Data Augmentation）");

    /// <inheritdoc/>
    public override Words Question => (
        "An image of a 3, shifted by a pixel, is a 3 still, but the network doesn't know. If each of the 300 images is shifted, turned or bent a little every time it is shown, how much better will it read others?",
        "3の画像を1ピクセルずらしても3ですが、ネットワークはそれを知りません。300枚の画像を、見せるたびに少しずつずらしたり、回したり、ゆがめたりすると、他の画像の認識精度はどのくらい上がるでしょうか。");

    /// <inheritdoc/>
    public override Findings Run(Lab lab)
    {
        var common = OverfittingExperiment.Setting(lab, 201);
        var curves = lab.Train(
            OverfittingExperiment.Measured(lab, lab.Say("as they are", "そのまま"), common),
            OverfittingExperiment.Measured(lab, lab.Say("random crops", "ランダムな切り出し"), common with
            {
                Augmentations = [Augment.Crop(lab.Data.Training.Height, lab.Data.Training.Width, padding: 2)],
            }),
            OverfittingExperiment.Measured(lab, lab.Say("rotated, scaled, shifted", "回転・拡大縮小・移動"), common with
            {
                Augmentations = [Augment.Rotation(), Augment.Scale(), Augment.Shift(1)],
            }));
        Claim Better(Curves with) => lab.Claim(
            ($"Test accuracy is higher with \"{with.Name}\"", $"「{with.Name}」でテストデータの認識精度が上がる"),
            seed => Shown.Test(with.Seeds[seed]) > Shown.Test(curves[0].Seeds[seed]),
            $"{Shown.Percent(with.Median(Shown.Test))} > {Shown.Percent(curves[0].Median(Shown.Test))}");
        return new()
        {
            Parts =
            [
                Sheet(lab),
                Shown.Of(lab, "accuracy", lab.Say("300 samples, with and without augmentation", "訓練データ300個、データ拡張の有無"), curves, (
                    "Each batch is changed anew before it is shown, so that no image comes twice, and none can be learned by heart. The gap narrows from both sides: training accuracy, taken of the unchanged images, rises more slowly, and test accuracy ends higher.",
                    "ミニバッチは見せるたびに新しく変形されるので、同じ画像は二度と現れず、丸暗記はできません。訓練データ（変形前の画像）の認識精度の上がり方はゆるやかになり、テストデータの認識精度は高くなって、差が縮まります。")),
                Shown.Table(lab, curves),
            ],
            Claims =
            [
                Better(curves[1]), Better(curves[2]),
                Shown.SmallerGap(lab, curves[1], curves[0],
                    ("With random crops the gap between training and test accuracy is smaller", "ランダムな切り出しで、訓練とテストの認識精度の差は小さくなる")),
            ],
        };
    }

    // Each row: an image, and random crops of it that are smaller by a few pixels.
    private static Figure Sheet(Lab lab)
    {
        var images = lab.Data.Training;
        int height = images.Height - Margin, width = images.Width - Margin;
        var format = new ImageFormat(1, images.Height, images.Width, images.Classes, 0, 0, 255);
        var key = Key.OfSeed(lab.Settings.Seed).Child(66);
        var pictures = Enumerable.Range(0, Digits).SelectMany(sample =>
        {
            var copies = Batch.OfBytes<float>(ByteScale.None, images.Features, images.Pixels, images.Labels, [.. Enumerable.Repeat(sample, Crops)]);
            var cropped = Augment.Apply([Augment.Crop(height, width)], format, copies, key.Child(sample));
            return (Picture[])
            [
                new Picture(images.Width, images.Height, images.Pixels.AsMemory(sample * images.Features, images.Features), lab.Say("image", "元の画像")),
                .. Enumerable.Range(0, Crops).Select(i => new Picture(
                    width, height, Array.ConvertAll(cropped.Inputs.Column(i).ToArray(), pixel => (byte)pixel))),
            ];
        });
        return new("crops", new ImageGrid(lab.Say("Random crops", "ランダムな切り出し"), [.. pictures]), (
            $"The first images, and beside each nine random windows of {height} x {width} pixels out of its {images.Height} x {images.Width}: to a reader the same digits, to a network without convolutions entirely new numbers.",
            $"最初の画像と、その {images.Height} x {images.Width} ピクセルからランダムに切り出した {height} x {width} ピクセルの窓を9個ずつ示します。人の目には同じ数字でも、畳み込み層のないネットワークにとってはまったく新しい入力です。"));
    }
}
