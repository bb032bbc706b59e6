namespace Functional

open System

/// How far a leaf's gradient by pullbacks is from the one by central differences.
[<StructuredFormatDisplay("{Display}")>]
type LeafDifference =
    { /// The leaf's name, as in `affine1.weight`.
      Parameter: string
      /// The parameter's.
      Shape: Shape
      /// The mean over the leaf's elements of |pullback - difference|.
      MeanAbsolute: float
      /// The largest |pullback - difference|, as a share of the leaf's largest |difference| or, where that is nearly
      /// nothing (a bias in front of batch norm), of a thousandth of the largest of all leaves, and of 1e-4 at least:
      /// of a gradient that is 0, central differences leave about 1e-10.
      LargestRelative: float }

    member private d.Display = string d
    override d.ToString() =
        FormattableString.Invariant
            $"{d.Parameter} ({d.Shape}): mean |difference| {d.MeanAbsolute:E1}, \
              largest as a share {d.LargestRelative:E1}"

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Derivatives by central differences, (f(x + h) - f(x - h)) / 2h, as the book has them: for reading. `GradientCheck`
/// is what to use in tests: it knows kinks. Source: Deep Learning from Scratch, 4.3 and 5.7.3.
[<RequireQualifiedAccess>]
module Differences =
    /// The book's step, 1e-4: in double, what is cut off (h squared) and what is rounded (1e-16 / h) are both small.
    let step = 1e-4

    /// The derivative of a function of one number.
    let numericalDiff (f: float -> float) (x: float) : float = (f (x + step) - f (x - step)) / (2.0 * step)

    /// The derivatives with respect to the elements from `first` up to `stop`, given the loss as a function of those
    /// elements in place.
    let private along (elements: 'T[]) (first: int) (stop: int) (loss: unit -> float) (derivatives: 'T[]) : unit =
        let h: 'T = Real.number step
        for i in first .. stop - 1 do
            let x = elements[i]
            elements[i] <- x + h
            let above, upper = Real.toFloat elements[i], loss ()
            elements[i] <- x - h
            let below, lower = Real.toFloat elements[i], loss ()
            elements[i] <- x
            // In float32 x + h is rounded: divide by the distance that was really taken.
            derivatives[i] <- Real.number ((upper - lower) / (above - below))

    /// The gradient of a function of a vector. f gets a vector of its own in each call.
    let numericalGradient (f: Vector<'T> -> float) (x: Vector<'T>) : Vector<'T> when Real<'T> =
        let elements, derivatives = (given (nameof x) x).ToArray(), Array.zeroCreate<'T> x.Count
        along elements 0 elements.Length (fun () -> f (Dense.vector (Array.copy elements))) derivatives
        Dense.vector derivatives

    /// The gradient of a network's training loss for a batch, its randomness drawn from the key. Two evaluations per
    /// element: for small networks and batches.
    let ofNetworkWith (key: Key) (network: Network<'T>) (batch: Batch<'T>) : Parameters<'T> =
        Network.parameters network
        |> Parameters.mapLeaves (fun leaf ->
            let derivatives = Array.zeroCreate<'T> leaf.Values.Count
            Team.split true derivatives.Length (fun first stop ->
                // Copies that nobody else sees, and a network for each evaluation: a custom layer may copy them once
                // more.
                let parameters = Network.parameters network |> Parameters.mapLeaves _.Values.ToArray()
                let loss () = Network.trainingLoss key (Network.withFresh parameters network) batch
                let own = parameters.Leaves |> Array.find (fun own -> own.Name = leaf.Name)
                along (Dense.values own.Values) first stop loss derivatives)
            derivatives)

    /// `ofNetworkWith` the key of seed 0.
    let ofNetwork (network: Network<'T>) (batch: Batch<'T>) : Parameters<'T> =
        ofNetworkWith (Key.ofSeed 0L) network batch

    /// Compares two gradients, leaf by leaf. Raises ArgumentException if their leaves differ.
    let compare (gradient: Parameters<'T>) (numerical: Parameters<'T>) : LeafDifference[] =
        Parameters.checkAlike (nameof numerical) gradient numerical
        let largest (leaf: Parameter<'T>) = Dense.values leaf.Values |> Seq.map (Real.toFloat >> abs) |> Seq.max
        let least =
            max 1e-4 (if numerical.Count = 0 then 0.0 else 1e-3 * (numerical.Leaves |> Seq.map largest |> Seq.max))
        Array.map2
            (fun (g: Parameter<'T>) (n: Parameter<'T>) ->
                let differences =
                    (Dense.values g.Values, Dense.values n.Values)
                    ||> Array.map2 (fun g n -> abs (Real.toFloat g - Real.toFloat n))
                // Unlike Array.max, max gives NaN if anything is.
                let off = Array.fold max 0.0 differences
                { Parameter = g.Name
                  Shape = g.Shape
                  MeanAbsolute = Array.average differences
                  LargestRelative = off / max least (largest n) })
            gradient.Leaves numerical.Leaves

    /// Checks a network's pullbacks on a batch, leaf by leaf, with randomness drawn from the key: in double (`float`)
    /// right ones differ by about 1e-10. Source: Deep Learning from Scratch, 5.7.3.
    let checkWith (key: Key) (network: Network<'T>) (batch: Batch<'T>) : LeafDifference[] =
        compare (Network.gradient key network batch).Parameters (ofNetworkWith key network batch)

    /// `checkWith` the key of seed 0.
    let check (network: Network<'T>) (batch: Batch<'T>) : LeafDifference[] = checkWith (Key.ofSeed 0L) network batch
