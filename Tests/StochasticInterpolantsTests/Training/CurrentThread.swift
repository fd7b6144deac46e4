import Glibc

/// A number for the thread that calls.
func currentThread() -> UInt { UInt(bitPattern: Int(pthread_self())) }
