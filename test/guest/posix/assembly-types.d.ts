// AssemblyScript's names of number types, as far as guest/posix/abi.ts uses them: its constants are numbers here.
type i32 = number;
type i64 = number;
type usize = number;
