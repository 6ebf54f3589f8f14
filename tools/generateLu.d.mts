export declare function toLuModule(): Promise<string>
export declare function toSmallLu(isComplex: boolean): string
