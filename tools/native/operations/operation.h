// What an operation of this folder is made of: its registration with TensorFlow, and the inputs and outputs of a call. All tensors are float32 in the memory of the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"

// Inputs that do not fit together; becomes the error that the caller of the operation gets.
struct InvalidInput : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

// One call. Its tensors live as long as it does.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context);
  ~Call();
  Call(const Call&) = delete;

  const float* input(int i) const;
  std::size_t size(int i) const;
  std::vector<std::int64_t> shape(int i) const;
  // Throws InvalidInput if input i does not have `size` numbers.
  void expectSize(int i, std::size_t size) const;
  float* output(int i, const std::vector<std::int64_t>& shape);

 private:
  TF_OpKernelContext* const context_;
  TF_Status* const status_;
  std::vector<TF_Tensor*> inputs_, outputs_;
};

// Defines an operation and its kernel for the CPU; inputs, outputs and the one attribute, an integer, are written as in TensorFlow's definitions of operations.
// Ends the process if TensorFlow refuses, as it does only for a mistake in this folder.
bool registerOperation(const char* name, const char* attribute, std::initializer_list<const char*> inputs,
                       std::initializer_list<const char*> outputs, void* (*create)(TF_OpKernelConstruction*),
                       void (*compute)(void*, TF_OpKernelContext*));

// Reads the attribute `name` when TensorFlow makes a kernel, which is then that number.
template <const char* name>
void* create(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  std::int32_t value = 0;
  TF_OpKernelConstruction_GetAttrInt32(construction, name, &value, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(value));
}

// Runs `body` on a call and the attribute, and hands what it throws to TensorFlow.
template <void (*body)(Call&, int)>
void compute(void* kernel, TF_OpKernelContext* context) {
  try {
    Call call(context);
    body(call, static_cast<int>(reinterpret_cast<std::intptr_t>(kernel)));
  } catch (const std::exception& error) {
    TF_Status* status = TF_NewStatus();
    TF_SetStatus(status, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelContext_Failure(context, status);
    TF_DeleteStatus(status);
  }
}
