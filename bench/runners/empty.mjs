// What importing costs without anything to import
export {}
