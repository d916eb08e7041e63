@_exported public import RekindleBehaviour
@_exported public import RekindleChurn
@_exported public import RekindleCore
@_exported public import RekindleEvents
@_exported public import RekindleNumerics
@_exported public import RekindleSimulation
@_exported public import RekindleTables
