namespace Functional

open System
open System.Collections
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Items that are copied when they are handed out.
[<Sealed>]
type internal Copies<'A>(items: 'A[], copy: 'A -> 'A) =
    interface IReadOnlyList<'A> with
        member _.Count = items.Length
        member _.Item with get index = copy items[index]
        member _.GetEnumerator() : IEnumerator<'A> = (Seq.map copy items).GetEnumerator()
        member this.GetEnumerator() : IEnumerator = (this :> seq<'A>).GetEnumerator()

/// Layers in order, a loss, and a penalty on weights. Immutable: what it is made of is copied, and so are the layers
/// and leaves that it hands out.
[<Sealed; StructuredFormatDisplay("{Display}")>]
type Network<'T when Real<'T>> internal (group: Group<'T>, loss: Loss, penalty: Penalty) =
    // Every step asks several times.
    let parameters, statistics =
        let chosen isChosen = lazy (Parameters<'T>(Array.filter isChosen group.Leaves))
        chosen (Parameter.isStatistic >> not), chosen Parameter.isStatistic

    member internal _.Group = group
    member internal _.Parameters = parameters.Value
    member internal _.Statistics = statistics.Value
    /// Copies of the layers, in the order of forward.
    member _.Layers: IReadOnlyList<ILayer<'T>> = Copies(group.Layers, Layer.copy)
    /// The layers' names, in order: the kind and its number among its kind, as in `affine1`, `relu1`, `affine2`.
    member _.Names: IReadOnlyList<string> = Array.AsReadOnly group.Names
    /// What training makes small, without the penalty.
    member _.Loss = loss
    /// What large weights add to the loss.
    member _.Penalty = penalty
    /// Features of a sample.
    member _.Inputs = group.Inputs
    /// Scores per sample.
    member _.Outputs = group.Outputs
    member private this.Display = string this
    override _.ToString() = Group.describe group ", "

/// A loss, and how it changes with every parameter.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type Gradient<'T when Real<'T>> =
    { /// The mean over the batch, as in training, and the penalty.
      Loss: float
      /// dL/dp for every leaf p, under its name.
      Parameters: Parameters<'T>
      /// The statistics of layers after the batch, as in `batchnorm1.mean`. Optimizers leave them alone.
      Statistics: Parameters<'T> }

    member private gradient.Display = string gradient
    override gradient.ToString() =
        FormattableString.Invariant $"loss {gradient.Loss:G6}, gradient of {gradient.Parameters}"

/// What one layer did in a pass forward and back.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type LayerTrace<'T when Real<'T>> =
    { /// The layer's name, as in `affine1`.
      Layer: string
      /// What it gave, outputs x samples.
      Output: Matrix<'T>
      /// How the loss (the mean over the batch) changes with that, of the same shape.
      OutputGradient: Matrix<'T> }

    member private trace.Display = string trace
    override trace.ToString() = $"{trace.Layer}: {trace.Output.RowCount} x {trace.Output.ColumnCount}"

/// All that is computed for a gradient.
[<NoComparison>]
type Trace<'T when Real<'T>> =
    { /// The layers in order.
      Layers: IReadOnlyList<LayerTrace<'T>>
      /// Of the loss, with respect to the parameters.
      Gradient: Gradient<'T> }
