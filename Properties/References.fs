/// What a built assembly refers to outside itself, read from its metadata and its code.
module Functional.Properties.References

open System
open System.Collections.Generic
open System.IO
open System.Reflection
open System.Reflection.Emit
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335
open System.Reflection.PortableExecutable

/// A member of another assembly's type (or the type alone, with an empty name), and where it is used.
type Reference =
    { Type: string
      Member: string
      /// The outermost type whose code uses it; empty for what the metadata name in general.
      User: string }

    override this.ToString() = $"{this.Type}.{this.Member} in {this.User}"

let private opCodes: IReadOnlyDictionary<int16, OpCode> =
    let all = typeof<OpCodes>.GetFields(BindingFlags.Public ||| BindingFlags.Static)
    dict [ for field in all -> let code = Unchecked.nonNull (field.GetValue null) :?> OpCode in code.Value, code ]
    |> Dictionary :> _

/// The metadata tokens in a method's code.
let private tokens (code: byte[]) : int list =
    let found = ResizeArray<int>()
    let mutable at = 0
    while at < code.Length do
        let value = if code[at] = 0xFEuy then int16 0xFE00s ||| int16 code[at + 1] else int16 code[at]
        let opCode = opCodes[value]
        at <- at + opCode.Size
        match opCode.OperandType with
        | OperandType.InlineNone -> ()
        | OperandType.ShortInlineBrTarget | OperandType.ShortInlineI | OperandType.ShortInlineVar -> at <- at + 1
        | OperandType.InlineVar -> at <- at + 2
        | OperandType.InlineI8 | OperandType.InlineR -> at <- at + 8
        | OperandType.InlineSwitch -> at <- at + 4 + 4 * BitConverter.ToInt32(code, at)
        | OperandType.InlineField | OperandType.InlineMethod | OperandType.InlineTok | OperandType.InlineType ->
            found.Add(BitConverter.ToInt32(code, at))
            at <- at + 4
        | _ -> at <- at + 4
    List.ofSeq found

type private Names(reader: MetadataReader) =
    let full (space: StringHandle) (name: StringHandle) =
        match reader.GetString space with
        | "" -> reader.GetString name
        | space -> $"{space}.{reader.GetString name}"

    /// The name of a type of another assembly (a nested one's by its outermost type); nothing for one of this assembly.
    member this.Type(handle: EntityHandle) : string voption =
        match handle.Kind with
        | HandleKind.TypeReference ->
            let reference = reader.GetTypeReference(TypeReferenceHandle.op_Explicit handle)
            if reference.ResolutionScope.Kind = HandleKind.TypeReference then this.Type reference.ResolutionScope
            else ValueSome(full reference.Namespace reference.Name)
        | HandleKind.TypeSpecification ->
            let specification = reader.GetTypeSpecification(TypeSpecificationHandle.op_Explicit handle)
            let mutable blob = reader.GetBlobReader specification.Signature
            // Of a generic type's instance: the marker, class or struct, the type itself.
            if blob.ReadSignatureTypeCode() = SignatureTypeCode.GenericTypeInstance then
                blob.ReadByte() |> ignore
                this.Type(blob.ReadTypeHandle())
            else ValueNone
        | _ -> ValueNone

    /// The outermost type of this assembly that a type belongs to.
    member this.Owner(handle: TypeDefinitionHandle) : string =
        let definition = reader.GetTypeDefinition handle
        let outer = definition.GetDeclaringType()
        if outer.IsNil then full definition.Namespace definition.Name else this.Owner outer

    member this.Member(handle: EntityHandle) : struct (string * string) voption =
        match handle.Kind with
        | HandleKind.MemberReference ->
            let reference = reader.GetMemberReference(MemberReferenceHandle.op_Explicit handle)
            this.Type reference.Parent |> ValueOption.map (fun t -> struct (t, reader.GetString reference.Name))
        | HandleKind.MethodSpecification ->
            this.Member(reader.GetMethodSpecification(MethodSpecificationHandle.op_Explicit handle).Method)
        | _ -> this.Type handle |> ValueOption.map (fun t -> struct (t, ""))

/// Everything that the assembly's metadata name, and everything that its code uses, with its user.
let ofAssembly (path: string) : Reference list =
    use file = new PEReader(File.OpenRead path)
    let reader = file.GetMetadataReader()
    let names = Names reader
    let reference user handle =
        match names.Member handle with
        | ValueSome(struct (t, name)) -> Some { Type = t; Member = name; User = user }
        | ValueNone -> None
    let table = [ for handle in reader.TypeReferences -> TypeReferenceHandle.op_Implicit handle: EntityHandle ]
                @ [ for handle in reader.MemberReferences -> MemberReferenceHandle.op_Implicit handle ]
    let code =
        [ for handle in reader.MethodDefinitions do
              let method = reader.GetMethodDefinition handle
              if method.RelativeVirtualAddress <> 0 then
                  let body = (file.GetMethodBody method.RelativeVirtualAddress).GetILBytes()
                  for token in tokens (Unchecked.nonNull body) do
                      reference (names.Owner(method.GetDeclaringType())) (MetadataTokens.EntityHandle token) ]
    List.distinct (List.choose (reference "") table @ List.choose id code)

/// The native libraries that the assembly calls.
let nativeLibraries (path: string) : string list =
    use file = new PEReader(File.OpenRead path)
    let reader = file.GetMetadataReader()
    [ for row in 1 .. reader.GetTableRowCount TableIndex.ModuleRef ->
          reader.GetString(reader.GetModuleReference(MetadataTokens.ModuleReferenceHandle row).Name) ]
