/// Values as F# Interactive reads them.
module Functional.Properties.Expression

let text (value: 'T) : string = sprintf "%A" value
