/** The bridge as Effect services: the backend and the solves on it. */
export { Backend, backendLayer } from './backend.ts'
export { TensorOde, tensorOdeLayer, type TensorOdeError, type TensorOdeShape } from './tensorOde.ts'
