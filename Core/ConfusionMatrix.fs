namespace Functional

open System

/// How many samples of each class (rows) were taken for each class (columns), and what follows from that. Immutable.
/// A ratio whose denominator is 0 (the precision of a class that was never predicted, the recall of one that never
/// occurs) is 0.
[<Sealed; StructuredFormatDisplay("{Display}")>]
type ConfusionMatrix internal (classes: int, counts: int[], unanswered: int[]) =
    let ratio (above: float) (below: float) = if below = 0.0 then 0.0 else above / below
    let sum (count: int -> int) = Seq.sumBy count (seq { 0 .. classes - 1 })

    member internal _.Counts = counts
    member internal _.UnansweredCounts = unanswered

    /// How many classes there are.
    member _.Classes = classes

    /// Samples of class `actual` that were taken for class `predicted`.
    /// Raises IndexOutOfRangeException for a class outside 0 .. Classes - 1.
    member _.Item
        with get (actual: int, predicted: int) : int =
            if uint actual >= uint classes || uint predicted >= uint classes then
                raise (IndexOutOfRangeException $"classes are 0 to {classes - 1}, not {actual} and {predicted}")
            counts[actual * classes + predicted]

    /// Samples of the class that were taken for none, since a score was NaN. They count as wrong.
    member _.Unanswered(actual: int) : int = unanswered[actual]

    /// How many samples are of this class.
    member matrix.Actual(label: int) : int = sum (fun predicted -> matrix[label, predicted]) + unanswered[label]

    /// How many samples were taken for this class.
    member matrix.Predicted(label: int) : int = sum (fun actual -> matrix[actual, label])

    /// All samples.
    member matrix.Samples : int = sum matrix.Actual

    /// The share of the samples that were taken for what they are.
    member matrix.Accuracy : float = ratio (float (sum (fun label -> matrix[label, label]))) (float matrix.Samples)

    /// Of the samples that were taken for this class, the share that are of it.
    member matrix.Precision(label: int) : float = ratio (float matrix[label, label]) (float (matrix.Predicted label))

    /// Of the samples of this class, the share that were taken for it.
    member matrix.Recall(label: int) : float = ratio (float matrix[label, label]) (float (matrix.Actual label))

    /// The harmonic mean of precision and recall.
    member matrix.F1(label: int) : float =
        ratio (2.0 * float matrix[label, label]) (float (matrix.Predicted label + matrix.Actual label))

    member private matrix.Macro(value: int -> float) : float =
        let occurs label = matrix.Actual label + matrix.Predicted label > 0
        let present = Array.filter occurs [| 0 .. classes - 1 |]
        ratio (Array.sumBy value present) (float present.Length)

    /// The mean precision of the classes that occur, as samples or as predictions.
    member matrix.MacroPrecision : float = matrix.Macro matrix.Precision

    /// The mean recall of the classes that occur, as samples or as predictions.
    member matrix.MacroRecall : float = matrix.Macro matrix.Recall

    /// The mean F1 of the classes that occur, as samples or as predictions.
    member matrix.MacroF1 : float = matrix.Macro matrix.F1

    override _.Equals(other: obj) =
        match other with
        | :? ConfusionMatrix as other -> other.Counts = counts && other.UnansweredCounts = unanswered
        | _ -> false

    override _.GetHashCode() = hash struct (counts, unanswered)

    member private matrix.Display = string matrix
    override matrix.ToString() =
        let cell actual predicted = matrix[actual, predicted].ToString().PadLeft 6
        let row actual = String.Join(" ", [ for predicted in 0 .. classes - 1 -> cell actual predicted ])
        String.Join("\n", [ for actual in 0 .. classes - 1 -> row actual ])
