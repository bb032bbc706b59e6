// 6.5.1: validation data. Shuffle the samples once, and cut.
//
//     dotnet build -c Release && dotnet run book/shuffle-split.cs

using Functional;
using Functional.Host.Data;

var data = DataSets.Load("digits").Training;
var order = Key.OfSeed(1).Permutation(data.Count);

// By hand: x and t are indexed by the same shuffled numbers, so that each image keeps its label.
var count = (int)(data.Count * 0.2);
int[] validation = order[..count], training = order[count..];

// With the library; `Split.ByFraction(order, labels, 0.2)` takes 20% of every class.
var split = Split.ByFraction(order, 0.2);
var ours = data.Take(split.Validation);

Console.WriteLine($"{training.Length} to train on, {validation.Length} to validate with");
var labels = data.Classes.Labels;
var agree = validation.SequenceEqual(split.Validation) && training.SequenceEqual(split.Training)
    && validation.Select(i => labels[i]).SequenceEqual(ours.Classes.Labels.Select(label => label))
    && !training.Intersect(validation).Any();
Console.WriteLine(agree ? "the library's split is the same, and no sample is in both parts" : "the splits differ");
return agree ? 0 : 1;
