using Functional.Host.Charts;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>More samples out of the same ones. Source: Deep Learning from Scratch, exercises to chapter 6.</summary>
internal sealed class AugmentationExperiment : Experiment
{
    private const int Digits = 4, Crops = 9, Margin = 4, Padding = 2;

    public override string Name => "augmentation";
    public override LocalizedText Title => ("Data augmentation", "データ拡張（Data Augmentation）");

    public override LocalizedText Question => (
        "An image of a 3, shifted by a pixel, is still a 3, but the network doesn't know that. If each of the 300 " +
        "images is shifted, rotated or scaled a little every time it is shown, how much better will it read other " +
        "images?",
        "3の画像を1ピクセルずらしても3ですが、ネットワークはそれを知りません。" +
        "300枚の画像を、見せるたびに少しずつずらしたり、回したり、拡大縮小したりすると、" +
        "他の画像の認識精度はどのくらい上がるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = OverfittingExperiment.Setting(lab, 201);
        var curves = lab.Train(
            OverfittingExperiment.Measured(lab, lab.Say("not augmented", "データ拡張なし"), common),
            OverfittingExperiment.Measured(lab, lab.Say("random crops", "ランダムな切り出し"), common with
            {
                Augmentations =
                    [Augment.Crop(lab.Data.Training.Images.Height, lab.Data.Training.Images.Width, padding: Padding)],
            }),
            OverfittingExperiment.Measured(lab, lab.Say("rotated, scaled, shifted", "回転・拡大縮小・移動"), common with
            {
                Augmentations = [Augment.Rotation(), Augment.Scale(), Augment.Shift(1)],
            }));
        Claim Better(Curves with) => BetterTest(lab, with, curves[0],
            ($"Test accuracy is higher with \"{with.Name}\"",
                $"「{lab.Both(with.Name).Japanese}」でテストデータの認識精度が上がる"));
        return new()
        {
            Parts =
            [
                Sheet(lab),
                CommonFigures.Of(
                    lab, "accuracy",
                    lab.Say("300 samples, with and without augmentation", "訓練データ300個、データ拡張の有無"),
                    curves, Caption(lab, curves)),
                CommonFigures.Table(lab, curves),
            ],
            Claims =
            [
                Better(curves[1]), Better(curves[2]),
                SmallerGap(lab, curves[1], curves[0],
                    (
                        "With random crops the gap between training and test accuracy is smaller",
                        "ランダムな切り出しで、訓練とテストの認識精度の差は小さくなり")),
            ],
        };
    }

    private static LocalizedText Caption(Lab lab, IReadOnlyList<Curves> curves)
    {
        const int places = (2 * Padding + 1) * (2 * Padding + 1);
        return Text(
            ($"Each batch is augmented anew: a random crop shows an image in one of {places} places, while " +
             "a rotation hardly ever turns it in the same way twice. Accuracy is measured on unchanged images.",
             $"ミニバッチは見せるたびに新しく変形されます。ランダムな切り出しでは位置は{places}通りで、" +
             "回転・拡大縮小・移動では同じ変形はまず現れません。" +
             "認識精度は変形前の画像で測ります。"),
            AtTheEnd(lab, curves), GapOf(lab, curves[1], curves[0]), GapOf(lab, curves[2], curves[0]));
    }

    // Each row: an image, and random crops of it that are smaller by a few pixels.
    private static Figure Sheet(Lab lab)
    {
        var (images, classes) = (lab.Data.Training.Images, lab.Data.Training.Classes);
        int height = images.Height - Margin, width = images.Width - Margin;
        var format = new ImageFormat(1, images.Height, images.Width, classes.Classification.Count, 0, 0, 255);
        var key = Key.OfSeed(lab.Settings.Seed).Child(66);
        var pictures = Enumerable.Range(0, Digits).SelectMany(sample =>
        {
            var copies = Batch.OfBytes<float>(
                ByteScale.None, images.Size, images.Pixels, classes.Labels, [.. Enumerable.Repeat(sample, Crops)]);
            var cropped = Augment.Apply([Augment.Crop(height, width)], format, copies, key.Child(sample));
            return (Picture[])
            [
                new Picture(
                    images.Width, images.Height, images[sample],
                    lab.Say("image", "元の画像")),
                .. Enumerable.Range(0, Crops).Select(i => new Picture(
                    width, height, Array.ConvertAll(cropped.Inputs.Column(i).ToArray(), pixel => (byte)pixel))),
            ];
        });
        return new("crops", new ImageGrid(lab.Say("Random crops", "ランダムな切り出し"), [.. pictures]), (
            $"The first {Digits} images, each followed by {Crops} random crops of {height} x {width} of its " +
            $"{images.Height} x {images.Width} pixels: the same digits to a reader, other inputs to a " +
            "network without convolutions. (In training the image keeps its size, and is shifted by up to " +
            $"{Padding} pixels.)",
            $"先頭の{Digits}枚の画像（{images.Height}×{images.Width} ピクセル）と、" +
            $"それぞれからランダムに切り出した {height}×{width} " +
            $"ピクセルの部分画像{Crops}枚です。人の目には同じ数字でも、" +
            "畳み込み層のないネットワークにとっては別の入力です。" +
            $"（学習では大きさを変えず、上下左右に最大{Padding}ピクセルずらします。）"))
        { NumbersOf = NumbersOf.FirstSeed, InBook = "" };
    }
}
