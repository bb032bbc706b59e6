namespace Functional.FSharp

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open Functional
open Functional.Numerics

/// One gradient's way through the transforms and the rule; the average is left to `Optimizer.update`.
module internal OptimizerStep =
    let private place (slots: Slot<'T>[]) (name: string) : int =
        slots |> Array.findIndex (fun slot -> String.Equals(slot.Name, name))

    let put (slots: Slot<'T>[]) (i: int) (leaves: Parameters<'T>) : unit =
        slots[i] <- { slots[i] with Values = leaves }

    /// Slots that nobody will write to any more.
    let private finished (slots: Slot<'T>[]) = ImmutableCollectionsMarshal.AsImmutableArray slots

    /// What a custom transform makes of the leaves x (the gradient, or the parameters after the rule) and its slots,
    /// which it replaces in `slots`.
    let private customized
        (custom: CustomTransform) (steps: RuleStep[]) (slots: Slot<'T>[]) (parameters: Parameters<'T>)
        (x: Parameters<'T>) : Parameters<'T> =
        let places = custom.Slots |> Array.map (place slots)
        let old = places |> Array.map (fun k -> slots[k].Values.Leaves)
        let results =
            Array.init parameters.Count (fun i ->
                let struct (y, next) =
                    CustomChange.apply "transform" (if custom.AfterRule then "values" else "gradient") custom
                        (Array.item i steps) parameters.Leaves[i] (Dense.values x.Leaves[i].Values)
                        (old |> Array.map (fun leaves -> Dense.values leaves[i].Values))
                struct (CustomChange.stored<'T> y, next))
        let leaf (like: Parameter<'T>) values = { like with Values = Dense.vector values }
        places |> Array.iteri (fun j k ->
            let slot i (struct (_, next: 'T[][])) = leaf (Array.item i old[j]) next[j]
            put slots k (Parameters(Array.mapi slot results)))
        Parameters(Array.mapi (fun i (struct (y, _)) -> leaf (Array.item i x.Leaves) y) results)

    /// What learning rates are multiplied by in an update, counted from 0.
    let private factorOf (transforms: IReadOnlyList<Transform>) (step: int) : float =
        let mutable factor = 1.0
        for k in 0 .. transforms.Count - 1 do
            match transforms[k] with
            | Transform.Schedule schedule -> factor <- Schedule.factor schedule step
            | _ -> ()
        factor

    /// One update by the rule with all but the average, of leaves that all are trained: leaf i is at `placeOf i` in the
    /// network.
    let private ofTrained
        (placeOf: int -> int) (rule: Rule) (transforms: IReadOnlyList<Transform>) (numbers: struct (float * float)[])
        (state: OptimizerState<'T>) (parameters: Parameters<'T>) (gradient: Parameters<'T>)
        : struct (Parameters<'T> * OptimizerState<'T>) =
        let slots = state.Slots.AsSpan().ToArray()
        let factor = factorOf transforms state.Updates
        let number = Steps.next (nameof state) state.Updates
        let stepOf (struct (rate, _)) = { Rate = rate * factor; Number = number }
        let mutable gradient = gradient
        let mutable gathered = state.Gathered
        let mutable isWhole = true
        for k in 0 .. transforms.Count - 1 do
            match transforms[k] with
            | _ when not isWhole -> ()
            | Transform.Accumulate count ->
                let k = place slots transforms[k].Slots[0]
                let total = Transform.sum slots[k].Values gradient
                gathered <- gathered + 1
                isWhole <- gathered >= count
                if isWhole then
                    gradient <- Transform.divide total gathered
                    gathered <- 0
                put slots k (if isWhole then Parameters.zeros parameters else total)
            | Transform.ClipValue limit -> gradient <- Transform.clipByValue limit gradient
            | Transform.ClipNorm limit -> gradient <- Transform.clipByNorm limit gradient
            | Transform.Noise(scale, power, seed) ->
                let variance = scale / Elementary.exp (power * Elementary.log (float number))
                let key = Key.child state.Updates (Key.ofSeed seed)
                gradient <- Transform.addNoiseAt placeOf key (sqrt variance) gradient
            | Transform.Custom custom when not custom.AfterRule ->
                gradient <- customized custom (Array.map stepOf numbers) slots parameters gradient
            | _ -> ()
        if not isWhole then struct (parameters, { state with Gathered = gathered; Slots = finished slots })
        else
            let ofRule = rule.Slots.Length
            // What becomes of the leaves, then of each slot's.
            let written = Array.zeroCreate (ofRule + 1)
            for k in 0 .. ofRule do written[k] <- Array.zeroCreate parameters.Count
            let read, list = Array.zeroCreate (ofRule + 2), Array.zeroCreate (ofRule + 1)
            let mutable update = Unchecked.defaultof<_>
            for i in 0 .. parameters.Count - 1 do
                let struct (rate, decay) = numbers[i]
                // Mostly all leaves share one function: it is made again where their numbers change.
                let struct (lastRate, lastDecay) = numbers[max 0 (i - 1)]
                if i = 0 || rate <> lastRate || decay <> lastDecay then
                    update <- Rule.update rule (stepOf numbers[i]) decay list
                for k in 0 .. ofRule + 1 do
                    let leaves = if k = 0 then parameters elif k = 1 then gradient else slots[k - 2].Values
                    read[k] <- Dense.values leaves.Leaves[i].Values
                let leaf = parameters.Leaves[i]
                let updated = update leaf read
                for k in 0 .. ofRule do written[k][i] <- { leaf with Values = Dense.vector updated[k] }
            for k in 0 .. ofRule - 1 do put slots k (Parameters written[k + 1])
            let mutable next = Parameters written[0]
            for k in 0 .. transforms.Count - 1 do
                match transforms[k] with
                | Transform.ProximalL1 l1 ->
                    let shrunk (struct (rate, _)) leaf =
                        (Penalty.softThreshold (rate * factor * l1) (Parameters [| leaf |])).Leaves[0]
                    next <- Parameters(Array.map2 shrunk numbers next.Leaves)
                | Transform.LookAhead(every, share) when number % every = 0 ->
                    let k = place slots transforms[k].Slots[0]
                    next <- Transform.between share slots[k].Values next
                    put slots k next
                | Transform.Custom custom when custom.AfterRule ->
                    next <- customized custom (Array.map stepOf numbers) slots parameters next
                | _ -> ()
            struct (next, { Updates = number; Gathered = gathered; Slots = finished slots })

    /// One update by the rule with all but the average; no leaf is frozen.
    let ofAll rule transforms numbers state parameters gradient =
        ofTrained id rule transforms numbers state parameters gradient

    /// The same for those leaves alone that are at these places: nothing else is looked at.
    let ofSome
        (trained: int[]) (rule: Rule) (transforms: IReadOnlyList<Transform>) (numbers: struct (float * float)[])
        (state: OptimizerState<'T>) (parameters: Parameters<'T>) (gradient: Parameters<'T>)
        : struct (Parameters<'T> * OptimizerState<'T>) =
        let some (leaves: Parameters<'T>) = Parameters(trained |> Array.map (fun i -> leaves.Leaves[i]))
        let whole (all: Parameters<'T>) (some: Parameters<'T>) =
            let leaves = Array.copy all.Leaves
            trained |> Array.iteri (fun k i -> leaves[i] <- some.Leaves[k])
            Parameters leaves
        let slots of' = Array.init state.Slots.Length of' |> finished
        let someSlots = slots (fun k -> { state.Slots[k] with Values = some state.Slots[k].Values })
        let struct (next, after) =
            ofTrained (Array.get trained) rule transforms (trained |> Array.map (fun i -> numbers[i]))
                { state with Slots = someSlots } (some parameters) (some gradient)
        let wholeSlots =
            slots (fun k -> { after.Slots[k] with Values = whole state.Slots[k].Values after.Slots[k].Values })
        struct (whole parameters next, { after with Slots = wholeSlots })
