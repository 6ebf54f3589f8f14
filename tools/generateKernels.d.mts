export declare function toFloat32(source: string): string
