namespace Functional

/// Where numbers are no longer finite.
[<StructuredFormatDisplay("{Display}")>]
type NumericFault =
    { /// As in `the output of affine3` or `the gradient of affine1.weight`.
      Place: string
      /// The layer, as in `affine3`; empty for the loss and the inputs.
      Layer: string
      /// How many numbers there are NaN or infinite.
      NotFinite: int
      /// How many numbers there are.
      Count: int }

    member private fault.Display = string fault
    override fault.ToString() =
        if fault.Count = 1 then fault.Place else $"{fault.Place} ({fault.NotFinite} of {fault.Count} numbers)"

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Where NaN and infinity come from.
[<RequireQualifiedAccess>]
module NumericFaults =
    let private faultIn<'T when Real<'T>> (layer: string) (place: string) (x: 'T[]) : NumericFault list =
        match x |> Array.sumBy (fun (x: 'T) -> if 'T.IsFinite x then 0 else 1) with
        | 0 -> []
        | bad -> [ { Place = place; Layer = layer; NotFinite = bad; Count = x.Length } ]

    let private layerOf (leaf: Parameter<'T>) = leaf.Name.Split('.')[0]

    let private inLeaves (what: string) (leaves: Parameter<'T> seq) : NumericFault list =
        [ for leaf in leaves do yield! faultIn (layerOf leaf) (what + leaf.Name) (Dense.values leaf.Values) ]

    /// The parameters and statistics of a state that are not finite, layer by layer; none in a good state.
    let ofState (state: TrainingState<'T>) : NumericFault list =
        Seq.append (Network.parameters state.Network) (Network.statistics state.Network) |> inLeaves ""

    /// What is not finite in a state's step with a batch, in the order in which it is computed (outputs from the first
    /// layer on, the loss, gradients from the last layer back, the new parameters and statistics): the first is where
    /// it began. None if all is finite. Raises ArgumentException if the batch doesn't fit the network.
    let ofStep (state: TrainingState<'T>) (batch: Batch<'T>) : NumericFault list =
        let trace = Network.trace (Key.child state.Step state.Key) state.Network batch
        let struct (after, _) = Training.step state batch
        [ yield! faultIn "" "the inputs" (Dense.elements batch.X)
          for own in trace.Layers do
              yield! faultIn own.Layer $"the output of {own.Layer}" (Dense.elements own.Output)
          yield! faultIn "" "the loss" [| trace.Gradient.Loss |]
          for own in Seq.rev trace.Layers do
              yield! faultIn own.Layer $"the gradient at the output of {own.Layer}" (Dense.elements own.OutputGradient)
              yield!
                  trace.Gradient.Parameters
                  |> Seq.filter (fun leaf -> layerOf leaf = own.Layer)
                  |> inLeaves "the gradient of "
          yield! ofState after |> List.map (fun fault -> { fault with Place = $"{fault.Place} after the step" }) ]
