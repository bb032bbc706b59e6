// Exercise: random crop. A window of h x w out of an image of H x W has (H - h + 1)(W - w + 1) places.
//
//     dotnet build -c Release && dotnet run book/random-crop.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

// 5 x 6 pixels, row by row, each with a different number: a window's first pixel says where it is from.
const int height = 5, width = 6, h = 3, w = 4;
double[] image = [.. Enumerable.Range(0, height * width)];

// By hand: an offset is drawn from 0 .. H - h, both included.
double[] Crop(int top, int left) =>
    [.. Enumerable.Range(0, h).SelectMany(row => image.Skip((top + row) * width + left).Take(w))];
double[] RandomCrop(Key key) => Crop(
    key.Child(0).Integers(1, height - h + 1)[0], key.Child(1).Integers(1, width - w + 1)[0]);

// With the library: 300 copies of the image, each cropped at its own place.
const int copies = 300;
var batch = Batch.Of(
    Matrix<double>.Build.Dense(height * width, copies, (pixel, _) => image[pixel]), new int[copies]);
var cropped = Augment.Apply([Augment.Crop(h, w)], ImageFormat.Gray(height, width, classes: 1), batch, Key.OfSeed(1));

var places = Enumerable.Range(0, copies).Select(i => RandomCrop(Key.OfSeed(i))[0]).ToHashSet();
var ours = cropped.Inputs.EnumerateColumns().ToList();
var ourPlaces = ours.Select(column => column[0]).ToHashSet();
var windows = ours.All(column =>
    column.SequenceEqual(Crop((int)column[0] / width, (int)column[0] % width)));
Console.WriteLine($"{places.Count} places by hand, {ourPlaces.Count} with the library, "
    + $"of {(height - h + 1) * (width - w + 1)}; each is a window of the image: {windows}");
return windows && places.SetEquals(ourPlaces) && places.Count == (height - h + 1) * (width - w + 1) ? 0 : 1;
